// Intervals must hold the truth, and tests claim falsely, as often as they say: a reduced run, with fixed seeds, of
// bench/coverage_bench.cpp. Bounds are four standard errors of the simulation around the nominal rate.
#include <cmath>

#include <doctest/doctest.h>

#include "medvlm/analysis/delong.hpp"
#include "medvlm/analysis/mcnemar.hpp"
#include "medvlm/analysis/multiple_testing.hpp"
#include "medvlm/analysis/paired_difference.hpp"
#include "medvlm/analysis/seed_variance.hpp"
#include "simulated_scores.hpp"

using namespace medvlm;
using namespace medvlm::analysis;
using medvlm::test::lead_of;
using medvlm::test::RankedCurve;
using medvlm::test::simulate;
using medvlm::test::SimulatedScores;
using medvlm::test::SimulatedShape;

namespace {

constexpr int kRuns = 600;
const SimulatedShape kSingle{.samples = 200};
const SimulatedShape kSimulatedPatients{.samples = 200, .members = 2};

/// How often `claims(data)` holds, over kRuns data sets.
template <typename Claim>
double rate_of(const SimulatedShape& shape, const Claim& claims, std::uint64_t seed = 1) {
  int count = 0;
  for (int run = 0; run < kRuns; ++run) count += claims(simulate(shape, seed * 1000003 + static_cast<std::uint64_t>(run)));
  return static_cast<double>(count) / kRuns;
}

/// The rate is within four standard errors of the nominal one.
void check_rate(const char* what, double rate, double nominal) {
  CAPTURE(what);
  CAPTURE(rate);
  CHECK(std::abs(rate - nominal) < 4 * std::sqrt(nominal * (1 - nominal) / kRuns));
}

double difference_p(const SimulatedScores& data, bool grouped) {
  std::vector<std::uint32_t> clusters;
  if (grouped) clusters = data.clusters;
  const auto first = auroc_components(data.first, data.truth, clusters);
  const auto second = auroc_components(data.second, data.truth, clusters);
  return delong_difference(*first, *second, 0.95).p_value;
}

}  // namespace

TEST_CASE("simulation: DeLong intervals hold the true AUROC in 95 of 100") {
  for (const Scale scale : {Scale::plain, Scale::logit}) {
    check_rate("coverage", rate_of(kSingle, [&](const SimulatedScores& data) {
                 const auto interval = delong_interval(*delong(data.first, data.truth), 0.95, scale);
                 return interval.low <= kSingle.auroc && kSingle.auroc <= interval.high;
               }), 0.95);
  }
}

TEST_CASE("simulation: tests of two AUROCs claim falsely in 5 of 100, of patients only if told of them") {
  check_rate("single", rate_of(kSingle, [](const SimulatedScores& data) { return difference_p(data, false) < 0.05; }), 0.05);
  check_rate("patients", rate_of(kSimulatedPatients, [](const SimulatedScores& data) { return difference_p(data, true) < 0.05; }), 0.05);
  CHECK(rate_of(kSimulatedPatients, [](const SimulatedScores& data) { return difference_p(data, false) < 0.05; }) > 0.07);
}

TEST_CASE("simulation: McNemar's tests claim falsely in 5 of 100") {
  check_rate("mid-p", rate_of(kSingle, [](const SimulatedScores& data) {
               std::uint64_t first = 0, second = 0;
               for (const int each : data.surplus(lead_of(kSingle) / 2)) {
                 first += each > 0;
                 second += each < 0;
               }
               return mcnemar(first, second).p_value() < 0.05;
             }), 0.05);
  check_rate("clustered", rate_of(kSimulatedPatients, [](const SimulatedScores& data) {
               return clustered_mcnemar(data.surplus(lead_of(kSimulatedPatients) / 2), data.clusters).p_value < 0.05;
             }), 0.05);
}

TEST_CASE("simulation: paired rounds of two equal models differ significantly in 5 of 100") {
  int claims = 0;
  int disagree = 0;
  for (int run = 0; run < kRuns; ++run) {
    const SimulatedScores data = simulate(kSingle, 77 + static_cast<std::uint64_t>(run));
    const RankedCurve first(data.first, data.truth), second(data.second, data.truth);
    std::vector<double> of_first, of_second;
    std::vector<std::uint32_t> drawn(kSingle.samples);
    Splitmix64 random(static_cast<std::uint64_t>(run));
    for (int round = 0; round < 400; ++round) {
      std::fill(drawn.begin(), drawn.end(), 0U);
      for (std::size_t i = 0; i < kSingle.samples; ++i) ++drawn[random.below(static_cast<std::uint32_t>(kSingle.samples))];
      of_first.push_back(first.auroc(drawn));
      of_second.push_back(second.auroc(drawn));
    }
    const Contrast found = paired_difference(0, 0, of_first, of_second, 0.95);
    claims += found.p_value < 0.05;
    disagree += (found.p_value < 0.05) != (found.interval.low > 0 || found.interval.high < 0);
  }
  check_rate("bootstrap", static_cast<double>(claims) / kRuns, 0.05);
  CHECK(disagree < kRuns / 100);
}

TEST_CASE("simulation: Holm keeps the false claims of 144 tests at 5 of 100, Benjamini-Hochberg with no effect, too") {
  Splitmix64 random(5);
  int plain = 0, held = 0, limited = 0;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<double> p(144);
    for (double& each : p) each = random.uniform();
    const auto least = [](const std::vector<double>& list) { return *std::min_element(list.begin(), list.end()); };
    plain += least(p) < 0.05;
    held += least(holm(p)) < 0.05;
    limited += least(benjamini_hochberg(p)) < 0.05;
  }
  CHECK(plain > 0.98 * kRuns);
  check_rate("Holm", static_cast<double>(held) / kRuns, 0.05);
  check_rate("Benjamini-Hochberg", static_cast<double>(limited) / kRuns, 0.05);
}

TEST_CASE("simulation: the interval of a mean over three seeds holds the truth at least as often as it says") {
  std::normal_distribution<double> normal;
  Splitmix64 random(11);
  int covered = 0;
  for (int run = 0; run < kRuns; ++run) {
    const double of_test = 0.02 * normal(random);
    std::vector<double> values;
    std::vector<std::vector<double>> rounds(3);
    for (int seed = 0; seed < 3; ++seed) values.push_back(0.8 + of_test + 0.02 * normal(random));
    for (int round = 0; round < 200; ++round) {
      const double shift = 0.02 * normal(random);
      for (std::size_t seed = 0; seed < 3; ++seed) rounds[seed].push_back(values[seed] + shift);
    }
    const SeedSummary summary = summarise_seeds(values, rounds, 0.95);
    covered += summary.low <= 0.8 && 0.8 <= summary.high;
  }
  CHECK(covered > 0.93 * kRuns);
}
