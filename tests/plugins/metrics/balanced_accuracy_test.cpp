#include <doctest/doctest.h>

#include <cmath>

#include "metric_plugin.hpp"

using namespace medvlm;
using namespace medvlm::test;

namespace {

MetricPointer balanced() { return metric_with_threshold("balanced_accuracy"); }

}  // namespace

TEST_CASE("balanced accuracy is the mean of sensitivity and specificity") {
  ScoredSet set;
  set.add(1, {0.9});
  set.add(0, {0.5});
  set.add(0, {0.6});
  set.add(0, {0.7});
  set.add(0, {0.1});
  CHECK(evaluate(*balanced(), benign_or_malignant(), set).at(0) == 0.75);
  const auto prepared = balanced()->prepare({benign_or_malignant(), set.scored()});
  CHECK(evaluate(*prepared, {0, 1, 1, 0, 0}).at(0) == 0.5);  // only class 0 is drawn
}

TEST_CASE("a class that does not occur has no recall and no part in the mean") {
  const DatasetInfo three = diagnosis(LabelKind::multiclass, {"a", "b", "c"});
  ScoredSet set;
  set.add(0, {0.8, 0.1, 0.1});
  set.add(1, {0.1, 0.1, 0.8});
  const auto prepared = balanced()->prepare({three, set.scored()});
  const auto values = evaluate(*prepared, {1, 1});
  CHECK(values.at(0) == 0.5);
  CHECK(value_of(*prepared, values, "recall[a]") == 1.0);
  CHECK(std::isnan(value_of(*prepared, values, "recall[c]")));
  CHECK(prepared->undefined_reason(3) == "none of the 2 scored samples is 'c'");
}

TEST_CASE("each label is balanced by itself, without unknown labels") {
  const DatasetInfo findings = diagnosis(LabelKind::multilabel, {"x", "y", "z"});
  ScoredSet set;
  set.add_labels({1, 1, -1}, {0.9, 0.1, 0.5});
  set.add_labels({0, 1, -1}, {0.9, 0.9, 0.5});
  set.add_labels({-1, 1, -1}, {0.9, 0.9, 0.5});
  const auto values = evaluate(*balanced(), findings, set);
  CHECK(values.at(1) == 0.5);
  CHECK(values.at(2) == doctest::Approx(2.0 / 3));
  CHECK(std::isnan(values.at(3)));
  CHECK(values.at(0) == doctest::Approx((0.5 + 2.0 / 3) / 2));
}
