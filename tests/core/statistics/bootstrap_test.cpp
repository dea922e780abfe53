#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "medvlm/core/bootstrap.hpp"

using namespace medvlm;

namespace {

// The mean of the drawn numbers, and as a second value how many were drawn; undefined if none was.
class MeanMetric final : public PreparedMetric {
 public:
  explicit MeanMetric(std::vector<double> numbers) : numbers_(std::move(numbers)) {}
  const std::vector<MetricValue>& values() const override { return values_; }
  void evaluate(std::span<const std::uint32_t> multiplicity, std::span<double> out) const override {
    if (multiplicity.size() != numbers_.size()) throw Error(ErrorCode::internal, "wrong size");
    double sum = 0;
    double count = 0;
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      sum += multiplicity[i] * numbers_[i];
      count += multiplicity[i];
    }
    out[0] = count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / count;
    out[1] = count;
  }
  std::string undefined_reason(std::size_t) const override { return ""; }

 private:
  std::vector<double> numbers_;
  std::vector<MetricValue> values_{{"mean", true}, {"count", true}};
};

std::vector<double> numbers(std::size_t n) {
  std::vector<double> list(n);
  for (std::size_t i = 0; i < n; ++i) list[i] = static_cast<double>((i * 37) % 101);
  return list;
}

std::vector<std::size_t> all_rows(std::size_t n) {
  std::vector<std::size_t> rows(n);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

}  // namespace

TEST_CASE("the bootstrap does not depend on the number of threads") {
  const MeanMetric metric(numbers(100));
  const Resamples resamples(100, {}, {});
  const auto one = bootstrap_rounds(metric, resamples, all_rows(100), 1);
  CHECK(one.at(0).size() == 1000);
  for (const unsigned threads : {2U, 7U, 0U}) {
    CHECK(bootstrap_rounds(metric, resamples, all_rows(100), threads) == one);
  }
}

TEST_CASE("each round is the metric of that round's resample") {
  const MeanMetric metric(numbers(30));
  const Resamples resamples(30, {}, {});
  const auto rounds = bootstrap_rounds(metric, resamples, all_rows(30));
  std::vector<std::uint32_t> drawn(30);
  std::vector<double> values(2);
  for (std::size_t round = 0; round < 1000; ++round) {
    resamples.fill(round, drawn);
    metric.evaluate(drawn, values);
    CHECK(rounds[0][round] == values[0]);
  }
}

TEST_CASE("the spread of a mean is its standard error") {
  const auto list = numbers(400);
  const auto intervals = bootstrap(MeanMetric(list), Resamples(400, {}, {}), all_rows(400), {});
  const double mean = std::accumulate(list.begin(), list.end(), 0.0) / 400;
  double squares = 0;
  for (const double x : list) squares += (x - mean) * (x - mean);
  const double standard_error = std::sqrt(squares / 400 / 400);
  REQUIRE(intervals.size() == 2);
  CHECK(intervals[0].value == mean);
  CHECK(intervals[0].std == doctest::Approx(standard_error).epsilon(0.12));  // five times its own error, 1/sqrt(2000)
  CHECK(intervals[0].low == doctest::Approx(mean - 1.96 * standard_error).epsilon(0.02));
  CHECK(intervals[0].high == doctest::Approx(mean + 1.96 * standard_error).epsilon(0.02));
  CHECK(intervals[0].valid_rounds == 1000);
}

TEST_CASE("a scored subset sees the draws of the whole test set") {
  const Resamples resamples(6, {}, {});
  const std::vector<std::size_t> rows{1, 4, 5};
  const auto rounds = bootstrap_rounds(MeanMetric({10, 20, 30}), resamples, rows);
  std::vector<std::uint32_t> drawn(6);
  bool some_round_draws_none = false;
  for (std::size_t round = 0; round < resamples.rounds(); ++round) {
    resamples.fill(round, drawn);
    CHECK(rounds[1][round] == drawn[1] + drawn[4] + drawn[5]);
    some_round_draws_none = some_round_draws_none || std::isnan(rounds[0][round]);
  }
  CHECK(some_round_draws_none);
  CHECK(bootstrap(MeanMetric({10, 20, 30}), resamples, rows, {}).at(0).valid_rounds < 1000);
}

TEST_CASE("a model scored on fewer samples keeps the others' draws") {
  const Resamples resamples(50, {}, {});
  const auto list = numbers(50);
  auto rows = all_rows(50);
  rows.erase(rows.begin() + 17);
  std::vector<double> rest = list;
  rest.erase(rest.begin() + 17);
  const auto whole = bootstrap_rounds(MeanMetric(list), resamples, all_rows(50));
  const auto part = bootstrap_rounds(MeanMetric(rest), resamples, rows);
  std::vector<std::uint32_t> drawn(50);
  for (std::size_t round = 0; round < resamples.rounds(); ++round) {
    resamples.fill(round, drawn);
    CHECK(part[1][round] + drawn[17] == whole[1][round]);
  }
}

TEST_CASE("one unit has a value but no interval") {
  const auto one = bootstrap(MeanMetric({3}), Resamples(1, {}, {}), all_rows(1), {});
  CHECK(one.at(0).value == 3);
  CHECK(std::isnan(one.at(0).low));
  CHECK(std::isnan(one.at(0).high));

  BootstrapOptions by_patient;
  by_patient.unit = BootstrapOptions::Unit::cluster;
  const std::vector<std::uint32_t> same_patient{5, 5, 5};
  const Resamples resamples(3, same_patient, by_patient);
  const auto patient = bootstrap(MeanMetric({1, 2, 3}), resamples, all_rows(3), by_patient);
  CHECK(patient.at(0).value == 2);
  CHECK(std::isnan(patient.at(0).std));
  CHECK(std::isnan(patient.at(0).high));
}

TEST_CASE("no scored sample gives no interval") {
  const auto intervals = bootstrap(MeanMetric({}), Resamples(4, {}, {}), {}, {});
  CHECK(std::isnan(intervals.at(0).value));
  CHECK(intervals.at(0).valid_rounds == 0);
}

TEST_CASE("a row outside the test set is refused") {
  const std::vector<std::size_t> rows{0, 4};
  CHECK_THROWS_AS(bootstrap(MeanMetric({1, 2}), Resamples(4, {}, {}), rows, {}), Error);
}

TEST_CASE("an error in a thread reaches the caller") {
  CHECK_THROWS_WITH_AS(bootstrap_rounds(MeanMetric({1, 2, 3}), Resamples(4, {}, {}), all_rows(4), 4), "wrong size",
                       Error);
}

TEST_CASE("the rounds of a subset are those of the metric on the subset's draws") {
  const Resamples resamples(60, {}, {});
  auto rows = all_rows(60);
  rows.erase(rows.begin() + 7);  // one sample failed
  const std::vector<std::vector<std::size_t>> subsets{{0, 3, 58}, {1, 2}, {}};
  std::vector<double> scored;
  for (const std::size_t row : rows) scored.push_back(numbers(60)[row]);
  const MeanMetric on_scored(scored);
  const auto rounds = bootstrap_subset_rounds(on_scored, resamples, rows, subsets, 2);
  REQUIRE(rounds.size() == 3);
  std::vector<std::uint32_t> drawn(60);
  for (std::size_t round = 0; round < 20; ++round) {
    resamples.fill(round, drawn);
    for (std::size_t s = 0; s < 2; ++s) {
      double count = 0;
      double sum = 0;
      for (const std::size_t place : subsets[s]) {
        count += drawn[rows[place]];
        sum += drawn[rows[place]] * scored[place];
      }
      CHECK(rounds[s][1][round] == count);
      if (count > 0) CHECK(rounds[s][0][round] == sum / count);
      if (count == 0) CHECK(std::isnan(rounds[s][0][round]));
    }
    CHECK(rounds[2][1][round] == 0);
  }
}

TEST_CASE("the subset of everything has the rounds of the whole") {
  const MeanMetric metric(numbers(30));
  const Resamples resamples(30, {}, {});
  const std::vector<std::vector<std::size_t>> everything{all_rows(30)};
  CHECK(bootstrap_subset_rounds(metric, resamples, all_rows(30), everything, 3).at(0) ==
        bootstrap_rounds(metric, resamples, all_rows(30), 1));
  CHECK(bootstrap_subset_rounds(metric, resamples, all_rows(30), {}, 1).empty());
}

TEST_CASE("a place that is not scored is refused") {
  const MeanMetric metric(numbers(30));
  const Resamples resamples(30, {}, {});
  const std::vector<std::vector<std::size_t>> outside{{30}};
  CHECK_THROWS_AS(bootstrap_subset_rounds(metric, resamples, all_rows(30), outside, 1), Error);
}
