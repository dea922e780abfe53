// What must hold whatever the numbers are.
#include <cmath>

#include <doctest/doctest.h>

#include "medvlm/analysis/delong.hpp"
#include "medvlm/analysis/mcnemar.hpp"
#include "medvlm/analysis/paired_difference.hpp"
#include "medvlm/analysis/unpaired_difference.hpp"
#include "medvlm/base/error.hpp"

using namespace medvlm;
using namespace medvlm::analysis;

namespace {

using Rounds = std::vector<double>;
using Truth = std::vector<std::int8_t>;

AurocComponents curve_of(const std::vector<double>& scores, const Truth& truth) {
  const auto curve = auroc_components(scores, truth);
  REQUIRE(curve);
  return *curve;
}

}  // namespace

TEST_CASE("a p-value and an interval say the same") {
  // The interval of level 1 - a excludes 0 where p < a: ranks of the percentiles, the added ones on the cautious side.
  for (int below = 0; below <= 60; ++below) {
    Rounds rounds(1000, 1.0);
    for (int i = 0; i < below; ++i) rounds[i] = -1.0;
    const Contrast found = contrast_of(1, rounds, 0.95);
    CHECK(found.p_value == doctest::Approx(2.0 * (1 + below) / 1001));
    if (found.p_value < 0.05) CHECK(found.interval.low > 0);
    if (found.p_value > 0.054) CHECK(found.interval.low <= 0);
  }
}

TEST_CASE("DeLong: order and monotone scales of scores do not matter, reversing them mirrors the curve") {
  const std::vector<double> scores = {1, 2, 2, 3, 4, 5, 5, 0};
  const Truth truth = {0, 0, 1, 1, 0, 1, -1, 0};
  std::vector<double> squared, reversed;
  for (const double score : scores) {
    squared.push_back(score * score);
    reversed.push_back(-score);
  }
  const AurocComponents curve = curve_of(scores, truth);
  CHECK(curve.components[6] == 0);
  CHECK(curve_of(squared, truth).components == curve.components);
  CHECK(curve_of(reversed, truth).auroc == doctest::Approx(1 - curve.auroc));
  CHECK(curve_of(reversed, truth).variance() == doctest::Approx(curve.variance()));
}

TEST_CASE("DeLong: the mean over curves keeps their covariance") {
  const Truth truth = {0, 0, 1, 1, 0, 1, 1, 0};
  const AurocComponents first = curve_of({1, 4, 3, 8, 6, 6, 2, 0}, truth);
  const AurocComponents second = curve_of({2, 1, 3, 1, 5, 8, 7, 7}, truth);
  const AurocComponents mean = mean_of(std::vector{first, second});
  CHECK(mean.auroc == doctest::Approx((first.auroc + second.auroc) / 2));
  const double of_difference = delong_difference(first, second, 0.95).variance;
  // var((a + b) / 2) = (2 var a + 2 var b - var(a - b)) / 4
  CHECK(mean.variance() == doctest::Approx((2 * first.variance() + 2 * second.variance() - of_difference) / 4));
  CHECK(mean_of(std::vector{first}).variance() == doctest::Approx(first.variance()));
  CHECK_THROWS_AS(mean_of({}), Error);
}

TEST_CASE("DeLong: an interval without variance is a point") {
  for (const Scale scale : {Scale::plain, Scale::logit}) {
    CHECK(delong_interval({1, 0}, 0.95, scale).low == 1);
    CHECK(delong_interval({1, 0}, 0.95, scale).high == 1);
    CHECK_THROWS_AS(delong_interval({0.5, 0.1}, 1, scale), Error);
  }
}

TEST_CASE("McNemar does not depend on who is first; members of a cluster add up") {
  for (const auto& [b, c] : {std::pair{0, 5}, {6, 2}, {10, 10}, {300, 352}}) {
    CHECK(mcnemar(b, c).mid_p == mcnemar(c, b).mid_p);
    CHECK(mcnemar(b, c).mid_p < mcnemar(b, c).exact_p);
  }
  // Surpluses 2, 0, -1, 3: z = 4 / sqrt(14).
  const ClusteredMcNemar found = clustered_mcnemar(std::vector{1, 1, 1, -1, -1, 1, 1, 1, 0},
                                                   std::vector<std::uint32_t>{7, 7, 9, 9, 3, 5, 5, 5, 7});
  CHECK(found.clusters == 3);
  CHECK(found.z == doctest::Approx(4 / std::sqrt(14.0)));
  CHECK(clustered_mcnemar(std::vector{1, -1}, std::vector<std::uint32_t>{0, 0}).p_value == 1);
}

TEST_CASE("unpaired values without errors: equal ones do not differ, of others nothing is known") {
  const auto equal = unpaired_difference(0.8, 0, 0.8, 0, 0.95);
  CHECK(equal.p_value == 1);
  CHECK(equal.low == 0);
  CHECK(equal.high == 0);
  CHECK(std::isnan(unpaired_difference(0.8, 0, 0.7, 0, 0.95).p_value));
  CHECK_THROWS_AS(unpaired_difference(0.8, 0.1, 0.7, 0.1, 0), Error);
}
