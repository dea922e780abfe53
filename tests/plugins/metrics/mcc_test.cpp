#include <doctest/doctest.h>

#include <cmath>

#include "metric_plugin.hpp"

using namespace medvlm;
using namespace medvlm::test;

TEST_CASE("binary MCC by its formula") {
  ScoredSet set;  // tp 2, fp 1, fn 1, tn 1
  set.add(1, {0.9});
  set.add(1, {0.6});
  set.add(1, {0.5});
  set.add(0, {0.7});
  set.add(0, {0.2});
  const double expected = (2 * 1 - 1 * 1) / std::sqrt(3.0 * 3 * 2 * 2);
  CHECK(evaluate(*metric_with_threshold("mcc"), benign_or_malignant(), set).at(0) == doctest::Approx(expected));
}

TEST_CASE("multi-class MCC is 1 for right, less than 0 for systematically wrong decisions") {
  const DatasetInfo three = diagnosis(LabelKind::multiclass, {"a", "b", "c"});
  ScoredSet right, wrong;
  for (int c = 0; c < 3; ++c) {
    std::vector<double> scores(3, 0.1);
    scores[static_cast<std::size_t>(c)] = 0.8;
    right.add(c, scores);
    wrong.add((c + 1) % 3, scores);
  }
  CHECK(evaluate(*metric_with_threshold("mcc"), three, right) == std::vector<double>{1.0});
  CHECK(evaluate(*metric_with_threshold("mcc"), three, wrong).at(0) == doctest::Approx(-0.5));
}

TEST_CASE("MCC is 0 where all decisions are one class, and undefined for no samples") {
  ScoredSet set;
  set.add(1, {0.9});
  set.add(0, {0.9});
  CHECK(evaluate(*metric_with_threshold("mcc"), benign_or_malignant(), set).at(0) == 0);
  const auto prepared = metric_with_threshold("mcc")->prepare({benign_or_malignant(), set.scored()});
  CHECK(std::isnan(evaluate(*prepared, {0, 0}).at(0)));
}

TEST_CASE("multi-label MCC is the mean over labels that are known") {
  const DatasetInfo findings = diagnosis(LabelKind::multilabel, {"x", "y", "z"});
  ScoredSet set;
  set.add_labels({1, 1, -1}, {0.9, 0.1, 0.5});
  set.add_labels({0, 0, -1}, {0.1, 0.9, 0.5});
  set.add_labels({-1, 1, -1}, {0.1, 0.1, 0.5});
  const auto prepared = metric_with_threshold("mcc")->prepare({findings, set.scored()});
  const auto values = evaluate(*prepared, {1, 1, 1});
  CHECK(value_of(*prepared, values, "mcc[x]") == 1.0);
  CHECK(value_of(*prepared, values, "mcc[y]") == doctest::Approx(-1.0));
  CHECK(std::isnan(value_of(*prepared, values, "mcc[z]")));
  CHECK(values.at(0) == doctest::Approx(0.0));
  CHECK(prepared->undefined_reason(3) == "no scored sample has a known label for 'z'");
}
