#include <doctest/doctest.h>

#include <cmath>

#include "metric_plugin.hpp"

using namespace medvlm;
using namespace medvlm::test;

namespace {

ScoredSet binary(const std::vector<std::pair<int, double>>& samples) {
  ScoredSet set;
  for (const auto& [label, score] : samples) set.add(label, {score});
  return set;
}

/// Sensitivity, specificity and threshold on `test` by what `train` teaches.
std::vector<double> learnt(const Metric& metric, const ScoredSet& train, const ScoredSet& test) {
  const auto prepared = metric.prepare({benign_or_malignant(), test.scored(), train.scored()});
  return evaluate(*prepared, std::vector<std::uint32_t>(test.size(), 1U));
}

const ScoredSet kTrain = binary({{0, 0.1}, {0, 0.2}, {1, 0.4}, {0, 0.6}, {1, 0.7}, {1, 0.9}});
const ScoredSet kTest = binary({{1, 0.35}, {1, 0.25}, {0, 0.3}, {0, 0.8}, {0, 0.1}});

}  // namespace

TEST_CASE("Youden's threshold is fixed on the train split and lies half-way between its scores") {
  // On train: 0.3 gives 1 + 2/3, 0.65 gives 2/3 + 1: equal, so the lower one, which misses less.
  const auto values = learnt(*sensitivity_specificity("youden"), kTrain, kTest);
  CHECK(values.at(2) == doctest::Approx(0.3));
  CHECK(values.at(0) == 0.5);
  CHECK(values.at(1) == doctest::Approx(2.0 / 3));  // 0.3 is not above the threshold
}

TEST_CASE("a target is reached at the least cost") {
  CHECK(learnt(*sensitivity_specificity("sensitivity", 0.6), kTrain, kTest).at(2) == doctest::Approx(0.65));
  CHECK(learnt(*sensitivity_specificity("sensitivity", 1.0), kTrain, kTest).at(2) == doctest::Approx(0.3));
  CHECK(learnt(*sensitivity_specificity("sensitivity", 0.0), kTrain, kTest).at(2) == 0.9);
  CHECK(learnt(*sensitivity_specificity("specificity", 0.6), kTrain, kTest).at(2) == doctest::Approx(0.3));
  CHECK(learnt(*sensitivity_specificity("specificity", 1.0), kTrain, kTest).at(2) == doctest::Approx(0.65));
  CHECK(learnt(*sensitivity_specificity("specificity", 0.0), kTrain, kTest).at(2) < 0.1);
}

TEST_CASE("a sensitivity of exactly the target reaches it") {
  ScoredSet train;
  for (int i = 1; i <= 10; ++i) train.add(1, {i / 10.0});
  train.add(0, {0.05});
  CHECK(learnt(*sensitivity_specificity("sensitivity", 0.9), train, kTest).at(2) == doctest::Approx(0.15));
}

TEST_CASE("scores without a number between them are told apart all the same") {
  const double above = std::nextafter(0.5, 1);
  const auto values = learnt(*sensitivity_specificity("youden"), binary({{0, 0.5}, {1, above}}), binary({{0, 0.5}, {1, above}}));
  CHECK(values.at(0) == 1.0);
  CHECK(values.at(1) == 1.0);
}

TEST_CASE("the fixed threshold needs no train split") {
  CHECK_FALSE(sensitivity_specificity("fixed")->needs_train_predictions());
  CHECK(sensitivity_specificity("youden")->needs_train_predictions());
  CHECK(learnt(*sensitivity_specificity("fixed", 0.9, 0.25), {}, kTest) == std::vector<double>{0.5, 1.0 / 3, 0.25});
}

TEST_CASE("what the train or the test split lacks is told") {
  const auto youden = sensitivity_specificity("youden");
  auto prepared = youden->prepare({benign_or_malignant(), kTest.scored()});
  CHECK(std::isnan(evaluate(*prepared, {1, 1, 1, 1, 1}).at(2)));
  CHECK(prepared->undefined_reason(0).find("no sample of the train split has a prediction") == 0);
  const ScoredSet sick = binary({{1, 0.4}, {1, 0.6}});
  prepared = youden->prepare({benign_or_malignant(), kTest.scored(), sick.scored()});
  CHECK(prepared->undefined_reason(1) ==
        "the threshold cannot be fixed: the train split lacks samples with and without 'malignant'");
  prepared = youden->prepare({benign_or_malignant(), sick.scored(), kTrain.scored()});
  const auto values = evaluate(*prepared, {1, 1});
  CHECK(values.at(0) == 1.0);
  CHECK(std::isnan(values.at(1)));
  CHECK(prepared->undefined_reason(1) == "all 2 scored samples are 'malignant'");
}

TEST_CASE("each label has a threshold of its own") {
  const DatasetInfo findings = diagnosis(LabelKind::multilabel, {"x", "y"});
  ScoredSet train;
  train.add_labels({0, 0}, {0.1, 0.6});
  train.add_labels({1, 1}, {0.3, 0.8});
  train.add_labels({-1, 1}, {0.0, 0.9});
  ScoredSet test;
  test.add_labels({1, 1}, {0.25, 0.65});
  test.add_labels({0, -1}, {0.15, 0.9});
  const auto prepared = sensitivity_specificity("youden")->prepare({findings, test.scored(), train.scored()});
  const auto values = evaluate(*prepared, {1, 1});
  CHECK(value_of(*prepared, values, "threshold[x]") == doctest::Approx(0.2));
  CHECK(value_of(*prepared, values, "threshold[y]") == doctest::Approx(0.7));
  CHECK(values.at(0) == 0.5);  // x found, y missed
  CHECK(values.at(1) == 1.0);  // y has no negative sample
  CHECK(std::isnan(value_of(*prepared, values, "specificity[y]")));
}

TEST_CASE("the threshold stays in resamples of the test set") {
  const auto prepared = sensitivity_specificity("youden")->prepare({benign_or_malignant(), kTest.scored(), kTrain.scored()});
  CHECK(evaluate(*prepared, {2, 0, 0, 1, 0}) == std::vector<double>{1.0, 0.0, evaluate(*prepared, {1, 1, 1, 1, 1}).at(2)});
}

TEST_CASE("multi-class datasets and impossible options are refused") {
  const DatasetInfo three = diagnosis(LabelKind::multiclass, {"a", "b", "c"});
  CHECK(refusal(*sensitivity_specificity("fixed"), three, {}).find("is multiclass") != std::string::npos);
  CHECK_THROWS_AS(sensitivity_specificity("joudan"), Error);
  CHECK_THROWS_AS(sensitivity_specificity("sensitivity", 1.1), Error);
  CHECK_THROWS_AS(sensitivity_specificity("fixed", 0.9, HUGE_VAL), Error);
}
