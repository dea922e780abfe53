// ROC and reliability curves.
#include "report/curves/curves.hpp"

#include <cmath>
#include <random>

#include <doctest/doctest.h>

namespace medvlm::report {
namespace {

double area(const RocCurve& curve) {
  double sum = 0;
  for (std::size_t i = 1; i < curve.x.size(); ++i)
    sum += (curve.x[i] - curve.x[i - 1]) * (curve.y[i] + curve.y[i - 1]) / 2;
  return sum;
}

}  // namespace

TEST_CASE("the curve of scikit-learn's example") {
  // sklearn.metrics.roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], drop_intermediate=False)
  const std::vector<double> scores = {0.1, 0.4, 0.35, 0.8};
  const std::vector<std::int8_t> truth = {0, 0, 1, 1};
  const RocCurve curve = roc_curve(scores, truth);
  CHECK(curve.x == std::vector<double>{0, 0, 0.5, 0.5, 1});
  CHECK(curve.y == std::vector<double>{0, 0.5, 0.5, 1, 1});
  CHECK(area(curve) == doctest::Approx(0.75));
}

TEST_CASE("ties are one step, and one class alone has no curve") {
  const std::vector<double> scores = {0.5, 0.5, 0.5};
  const std::vector<std::int8_t> mixed = {1, 0, 1}, ones = {1, 1, 1};
  CHECK(roc_curve(scores, mixed).x == std::vector<double>{0, 1});
  CHECK(roc_curve(scores, ones).x.empty());
}

TEST_CASE("a thinned curve has the same ends and hardly another area") {
  std::mt19937 engine(3);
  std::normal_distribution<double> noise;
  std::vector<double> scores;
  std::vector<std::int8_t> truth;
  for (int i = 0; i < 3000; ++i) {
    truth.push_back(static_cast<std::int8_t>(i % 2));
    scores.push_back(noise(engine) + (i % 2));
  }
  const RocCurve curve = roc_curve(scores, truth), thin = thinned(curve, 40);
  REQUIRE(curve.x.size() == 3001);
  CHECK(thin.x.size() <= 40);
  CHECK(thin.x.size() > 30);
  CHECK(thin.x.front() == 0);
  CHECK(thin.y.back() == 1);
  CHECK(std::abs(area(thin) - area(curve)) < 0.004);
}

TEST_CASE("the mean of curves has the mean area") {
  const RocCurve perfect{{0, 0, 1}, {0, 1, 1}}, chance{{0, 1}, {0, 1}};
  const RocCurve mean = mean_curve({perfect, chance});
  CHECK(area(mean) == doctest::Approx(0.75));
}

TEST_CASE("reliability") {
  // Three samples at 0.95 of which two came true, one at 0.05 that did not.
  const std::vector<double> probabilities = {0.95, 0.95, 0.95, 0.05};
  const std::vector<std::int8_t> truth = {1, 1, 0, 0};
  const auto result = reliability(probabilities, truth);
  REQUIRE(result);
  REQUIRE(result->bins.size() == 2);
  CHECK(result->bins[1].observed == doctest::Approx(2.0 / 3));
  CHECK(result->calibration_error == doctest::Approx(0.75 * (0.95 - 2.0 / 3) + 0.25 * 0.05));
  CHECK(result->brier == doctest::Approx((2 * 0.0025 + 0.9025 + 0.0025) / 4));
  const std::vector<double> logits = {1.5, -2, 0.1, 0};
  CHECK_FALSE(reliability(logits, truth));
}

TEST_CASE("several classes and labels") {
  analysis::Outcome outcome;
  outcome.model.name = "m";
  outcome.dataset.name = "d";
  outcome.adapter.name = "a";
  std::vector<analysis::PredictionRecord> records(3);
  for (int i = 0; i < 3; ++i) {
    records[i].label = i;
    records[i].scores = {0.1, 0.1, 0.1};
    records[i].scores[i] = 0.8;
  }
  const auto several = curves_of(outcome, records);
  REQUIRE(several);
  CHECK(area(several->roc) == doctest::Approx(1));
  REQUIRE(several->calibration);
  CHECK(several->calibration->calibration_error == doctest::Approx(0.2));
  for (auto& record : records) {
    record.label.reset();
    record.labels = {1, -1, 0};
  }
  CHECK_FALSE(curves_of(outcome, records));  // no label has both truths
  records[1].error = analysis::PredictionError{"decode", "data", "cut short"};
  CHECK_FALSE(curves_of(outcome, records));
}

}  // namespace medvlm::report
