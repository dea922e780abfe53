#include <doctest/doctest.h>

#include <cmath>

#include "metric_plugin.hpp"

using namespace medvlm;
using namespace medvlm::test;

TEST_CASE("average precision by hand, with a tie") {
  ScoredSet set;
  set.add(1, {0.9});
  set.add(0, {0.8});
  set.add(1, {0.8});  // one step: recall 1/2 -> 1 at precision 2/3
  set.add(0, {0.1});
  CHECK(evaluate(*auprc(), benign_or_malignant(), set).at(0) == doctest::Approx(0.5 * 1 + 0.5 * 2 / 3));
  const auto prepared = auprc()->prepare({benign_or_malignant(), set.scored()});
  CHECK(evaluate(*prepared, {0, 2, 1, 5}).at(0) == doctest::Approx(1.0 / 3));
}

TEST_CASE("without positives it is 0, or undefined if that is asked for") {
  ScoredSet set;
  set.add(0, {0.9});
  set.add(0, {0.1});
  CHECK(evaluate(*auprc(), benign_or_malignant(), set).at(0) == 0);
  const auto prepared = auprc("macro", "undefined")->prepare({benign_or_malignant(), set.scored()});
  CHECK(std::isnan(evaluate(*prepared, {1, 1}).at(0)));
  CHECK(prepared->undefined_reason(0) == "none of the 2 scored samples is 'malignant'");
}

TEST_CASE("classes without positives count 0 in the mean, or not at all") {
  const DatasetInfo findings = diagnosis(LabelKind::multilabel, {"x", "y", "z"});
  ScoredSet set;
  set.add_labels({1, 0, -1}, {0.9, 0.9, 0.9});
  set.add_labels({0, 0, -1}, {0.1, 0.1, 0.1});
  set.add_labels({-1, 0, -1}, {1.0, 0.1, 0.1});
  CHECK(evaluate(*auprc(), findings, set).at(0) == 0.5);
  CHECK(evaluate(*auprc("macro", "undefined"), findings, set).at(0) == 1.0);
  CHECK(evaluate(*auprc("weighted"), findings, set).at(0) == 1.0);
  CHECK(evaluate(*auprc("micro"), findings, set).at(0) == doctest::Approx(0.5));
  const auto prepared = auprc()->prepare({findings, set.scored()});
  CHECK(std::isnan(evaluate(*prepared, {1, 1, 1}).at(3)));
  CHECK(prepared->undefined_reason(3) == "no scored sample has a known label for 'z'");
}

TEST_CASE("average precision of no samples is undefined and says so") {
  const auto prepared = auprc()->prepare({benign_or_malignant(), {}});
  CHECK(std::isnan(evaluate(*prepared, {}).at(0)));
  CHECK(prepared->undefined_reason(0) == "no sample was scored");
}
