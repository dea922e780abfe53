#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "medvlm/core/bootstrap.hpp"

using namespace medvlm;

TEST_CASE("percentiles interpolate between neighbours") {
  std::vector<double> values{40, 10, 30, 20};
  CHECK(percentile(values, 0) == 10);
  CHECK(percentile(values, 1) == 40);
  CHECK(percentile(values, 0.5) == 25);
  CHECK(percentile(values, 1.0 / 3) == doctest::Approx(20).epsilon(1e-15));
  CHECK(percentile(values, 0.025) == doctest::Approx(10.75).epsilon(1e-15));
}

TEST_CASE("the percentile of one value is that value") {
  std::vector<double> values{3};
  CHECK(percentile(values, 0.975) == 3);
}

TEST_CASE("there is no percentile of nothing, and none outside 0 to 1") {
  std::vector<double> none;
  CHECK(std::isnan(percentile(none, 0.5)));
  std::vector<double> one{1};
  CHECK_THROWS_AS(percentile(one, 1.01), Error);
  CHECK_THROWS_AS(percentile(one, std::nan("")), Error);
}

TEST_CASE("equal infinite neighbours stay infinite") {
  const double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> values{infinity, infinity, 1};
  CHECK(percentile(values, 0.75) == infinity);
}

TEST_CASE("the summary divides the variance by the number of values") {
  const Interval interval = summarise({1, 3}, 0.5);
  CHECK(interval.mean == 2);
  CHECK(interval.std == 1);
  CHECK(interval.low == 1.5);
  CHECK(interval.high == 2.5);
  CHECK(interval.valid_rounds == 2);
}

TEST_CASE("rounds without a value are left out") {
  const Interval interval = summarise({std::nan(""), 5, std::nan("")}, 0.95);
  CHECK(interval.valid_rounds == 1);
  CHECK(interval.mean == 5);
  CHECK(interval.low == 5);
}

TEST_CASE("no valid round gives no summary") {
  const Interval interval = summarise({std::nan("")}, 0.95);
  CHECK(interval.valid_rounds == 0);
  CHECK(std::isnan(interval.mean));
  CHECK(std::isnan(interval.std));
  CHECK(std::isnan(interval.low));
  CHECK(std::isnan(interval.high));
}

TEST_CASE("a confidence must lie between 0 and 1") {
  for (const double confidence : {0.0, 1.0, 95.0, std::nan("")}) CHECK_THROWS_AS(summarise({1, 2}, confidence), Error);
}
