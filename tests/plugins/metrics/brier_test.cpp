#include <doctest/doctest.h>

#include <cmath>

#include "metric_plugin.hpp"

using namespace medvlm;
using namespace medvlm::test;

TEST_CASE("the binary Brier score is the mean squared error of the positive probability") {
  ScoredSet set;
  set.add(1, {0.25, 0.75});
  set.add(0, {0.5, 0.5});
  CHECK(evaluate(*brier(), benign_or_malignant(), set) == std::vector<double>{(0.0625 + 0.25) / 2});
  const auto prepared = brier()->prepare({benign_or_malignant(), set.scored()});
  CHECK(evaluate(*prepared, {3, 1}).at(0) == (3 * 0.0625 + 0.25) / 4);
  CHECK_FALSE(prepared->values()[0].higher_is_better);
}

TEST_CASE("the multi-class Brier score sums over classes") {
  const DatasetInfo three = diagnosis(LabelKind::multiclass, {"a", "b", "c"});
  ScoredSet set;
  set.add(0, {0.5, 0.25, 0.25});
  CHECK(evaluate(*brier(), three, set) == std::vector<double>{0.25 + 0.0625 + 0.0625});
}

TEST_CASE("the multi-label Brier score is the mean over known labels") {
  const DatasetInfo findings = diagnosis(LabelKind::multilabel, {"x", "y", "z"});
  ScoredSet set;
  set.add_labels({1, 0, -1}, {0.5, 0.5, 0.5});
  set.add_labels({-1, 0, -1}, {0.5, 1.0, 0.5});
  const auto prepared = brier()->prepare({findings, set.scored()});
  const auto values = evaluate(*prepared, {1, 1});
  CHECK(values.at(1) == 0.25);
  CHECK(values.at(2) == 0.625);
  CHECK(std::isnan(values.at(3)));
  CHECK(values.at(0) == 0.4375);
  CHECK(prepared->undefined_reason(3) == "no scored sample has a known label for 'z'");
}

TEST_CASE("what is no probability is refused by the sample's name; rounding is not") {
  ScoredSet set;
  set.add(1, {1.0000001});
  CHECK(evaluate(*brier(), benign_or_malignant(), set).at(0) == 0);
  set.add(1, {1.5});
  const std::string message = refusal(*brier(), benign_or_malignant(), set);
  CHECK(message.find("s1") != std::string::npos);
  CHECK(message.find("needs probabilities") != std::string::npos);
}

TEST_CASE("the Brier score of no samples is undefined and says so") {
  const auto prepared = brier()->prepare({benign_or_malignant(), {}});
  CHECK(std::isnan(evaluate(*prepared, {}).at(0)));
  CHECK(prepared->undefined_reason(0) == "no sample was scored");
}
