#include <doctest/doctest.h>

#include <cmath>

#include "metric_plugin.hpp"

using namespace medvlm;
using namespace medvlm::test;

namespace {

const DatasetInfo kThree = diagnosis(LabelKind::multiclass, {"a", "b", "c"});
const DatasetInfo kFindings = diagnosis(LabelKind::multilabel, {"x", "y", "z"});

/// Predicted a, a, b; c occurs nowhere.
ScoredSet without_c() {
  ScoredSet set;
  set.add(0, {0.8, 0.1, 0.1});
  set.add(1, {0.8, 0.1, 0.1});
  set.add(1, {0.1, 0.8, 0.1});
  return set;
}

ScoredSet findings() {
  ScoredSet set;
  set.add_labels({1, 0, -1}, {0.9, 0.9, 0.9});
  set.add_labels({1, 1, -1}, {0.1, 0.9, 0.1});
  set.add_labels({-1, -1, -1}, {0.9, 0.9, 0.9});
  return set;
}

}  // namespace

TEST_CASE("binary F1 is that of class 1, at the threshold") {
  ScoredSet set;  // 2 true positives, 1 false positive, 1 false negative
  set.add(1, {0.9});
  set.add(1, {0.6});
  set.add(1, {0.5});
  set.add(0, {0.7});
  set.add(0, {0.2});
  CHECK(evaluate(*f1(), benign_or_malignant(), set) == std::vector<double>{2.0 / 3, 2.0 / 3, 2.0 / 3});
  CHECK(evaluate(*f1("auto", 0.65), benign_or_malignant(), set) == std::vector<double>{0.4, 0.5, 1.0 / 3});
}

TEST_CASE("macro is the mean over the classes that occur in truth or prediction, macro_all over all") {
  const auto values = evaluate(*f1(), kThree, without_c());
  CHECK(values.at(0) == doctest::Approx(2.0 / 3));  // a: 2/3, b: 2/3
  CHECK(values.at(1) == doctest::Approx(0.75));
  CHECK(values.at(2) == doctest::Approx(0.75));
  CHECK(evaluate(*f1("macro_all"), kThree, without_c()).at(0) == doctest::Approx(4.0 / 9));
  CHECK(evaluate(*f1("micro"), kThree, without_c()).at(0) == doctest::Approx(2.0 / 3));
  CHECK(evaluate(*f1("weighted"), kThree, without_c()).at(1) == doctest::Approx((0.5 + 2 * 1.0) / 3));
}

TEST_CASE("in a resample the classes are those that were drawn") {
  const auto prepared = f1()->prepare({kThree, without_c().scored()});
  CHECK(evaluate(*prepared, {0, 0, 5}).at(0) == 1.0);
  CHECK(value_of(*prepared, evaluate(*prepared, {0, 0, 5}), "f1[a]") == 0.0);
  CHECK(std::isnan(evaluate(*prepared, {0, 0, 0}).at(0)));
}

TEST_CASE("unknown labels, and labels that nobody knows, are in no F1") {
  const auto prepared = f1()->prepare({kFindings, findings().scored()});
  const auto values = evaluate(*prepared, {1, 1, 1});
  CHECK(value_of(*prepared, values, "f1[x]") == doctest::Approx(2.0 / 3));
  CHECK(value_of(*prepared, values, "f1[y]") == doctest::Approx(2.0 / 3));
  CHECK(std::isnan(value_of(*prepared, values, "f1[z]")));
  CHECK(values.at(0) == doctest::Approx(2.0 / 3));
  CHECK(prepared->undefined_reason(5) == "no scored sample has a known label for 'z'");
  CHECK(prepared->undefined_reason(0).empty());
}

TEST_CASE("the mean over samples takes the known labels of each") {
  const auto values = evaluate(*f1("samples"), kFindings, findings());
  CHECK(values.at(0) == doctest::Approx((2.0 / 3 + 2.0 / 3) / 2));
  CHECK(values.at(1) == doctest::Approx((0.5 + 1.0) / 2));
  CHECK(values.at(2) == doctest::Approx((1.0 + 0.5) / 2));
}

TEST_CASE("F1 without positives anywhere is 0, without samples undefined") {
  ScoredSet set;
  set.add(0, {0.1});
  CHECK(evaluate(*f1(), benign_or_malignant(), set).at(0) == 0);
  const auto prepared = f1()->prepare({benign_or_malignant(), {}});
  CHECK(std::isnan(evaluate(*prepared, {}).at(0)));
  CHECK(prepared->undefined_reason(0) == "no sample was scored");
}

TEST_CASE("an average that does not fit the dataset is refused") {
  CHECK(refusal(*f1("binary"), kThree, {}).find("is for binary datasets") != std::string::npos);
  CHECK(refusal(*f1("samples"), kThree, {}).find("is for multi-label datasets") != std::string::npos);
  CHECK_THROWS_AS(f1("makro"), Error);
}
