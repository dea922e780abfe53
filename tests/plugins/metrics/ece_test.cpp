#include <doctest/doctest.h>

#include <cmath>

#include "metric_plugin.hpp"

using namespace medvlm;
using namespace medvlm::test;

TEST_CASE("the error of decisions and that of the positive probability") {
  ScoredSet set;
  set.add(1, {0.9});
  set.add(0, {0.2});
  // Decisions: confidences 0.9 and 0.8, both right, in different bins.
  CHECK(value_of(*ece(), benign_or_malignant(), set, "ece") == doctest::Approx((0.1 + 0.2) / 2));
  CHECK(value_of(*ece(), benign_or_malignant(), set, "ece_positive") == doctest::Approx((0.1 + 0.2) / 2));
  // One bin: the errors of opposite sign cancel.
  CHECK(value_of(*ece(1), benign_or_malignant(), set, "ece_positive") == doctest::Approx(0.05));
}

TEST_CASE("a confidence on an edge belongs to the bin below, 0 to the first") {
  const DatasetInfo one = diagnosis(LabelKind::multilabel, {"x"});
  ScoredSet set;
  set.add_labels({1}, {0.5});    // bin 1 of 2
  set.add_labels({0}, {0.0});    // bin 1
  set.add_labels({0}, {0.625});  // bin 2
  CHECK(evaluate(*ece(2), one, set).at(1) == doctest::Approx((0.5 + 0.625) / 3));
}

TEST_CASE("the edges are products of the width: 3 * (1.0 / 10) is not 3.0 / 10") {
  const double edge = 3 * (1.0 / 10);
  REQUIRE(edge > 3.0 / 10);
  const DatasetInfo one = diagnosis(LabelKind::multilabel, {"x"});
  ScoredSet set;
  set.add_labels({1}, {edge});
  set.add_labels({0}, {0.25});  // the same bin, so that the errors cancel in part
  CHECK(evaluate(*ece(10), one, set).at(1) == doctest::Approx((1 - edge - 0.25) / 2));
}

TEST_CASE("multi-class confidence is the largest score, in any resample") {
  const DatasetInfo three = diagnosis(LabelKind::multiclass, {"a", "b", "c"});
  ScoredSet set;
  set.add(0, {0.7, 0.2, 0.1});
  set.add(1, {0.1, 0.2, 0.7});
  const auto prepared = ece()->prepare({three, set.scored()});
  CHECK(evaluate(*prepared, {1, 1}).at(0) == doctest::Approx(0.2));
  CHECK(evaluate(*prepared, {3, 0}).at(0) == doctest::Approx(0.3));
  CHECK(std::isnan(evaluate(*prepared, {0, 0}).at(0)));
}

TEST_CASE("labels that nobody knows have no calibration error and no part in the mean") {
  const DatasetInfo findings = diagnosis(LabelKind::multilabel, {"x", "y"});
  ScoredSet set;
  set.add_labels({1, -1}, {0.75, 0.5});
  const auto prepared = ece()->prepare({findings, set.scored()});
  const auto values = evaluate(*prepared, {1});
  CHECK(values.at(0) == 0.25);
  CHECK(values.at(1) == 0.25);
  CHECK(std::isnan(values.at(2)));
  CHECK(prepared->undefined_reason(2) == "no scored sample has a known label for 'y'");
}
