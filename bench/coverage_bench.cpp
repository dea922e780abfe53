// How often intervals hold the truth and tests claim falsely, by simulation: two models with one and the same true AUROC and
// accuracy on test sets of 200 samples. The bootstrap is core's, drawn by samples and by patients.
//
//   medvlm_bench_coverage [simulations=2000] [rounds=1000] [samples=200]
//
// Ends with status 1 if a rate is outside of its target.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "medvlm/analysis/delong.hpp"
#include "medvlm/analysis/interval.hpp"
#include "medvlm/analysis/mcnemar.hpp"
#include "medvlm/analysis/multiple_testing.hpp"
#include "medvlm/analysis/normal.hpp"
#include "medvlm/analysis/paired_difference.hpp"
#include "medvlm/core/bootstrap.hpp"
#include "simulated_scores.hpp"

namespace {

using namespace medvlm;
using namespace medvlm::analysis;
using test::simulate;
using test::SimulatedScores;
using test::SimulatedShape;

constexpr double kConfidence = 0.95;
constexpr double kLevel = 0.05;
constexpr std::size_t kScenarios = 144;

struct Settings {
  std::size_t simulations = 2000;
  std::size_t rounds = 1000;
  std::size_t samples = 200;
};

/// A rate and where it should lie.
struct Target {
  double low = 0, high = 1;
};
constexpr Target kCoverage{0.93, 0.97};
constexpr Target kFalseClaims{0.035, 0.065};
constexpr Target kFamily{0, 0.065};
constexpr Target kShown{0, 1};  // for information

/// Events counted over all simulations, by name, on all cores. Results do not depend on the number of threads.
class Counts {
 public:
  explicit Counts(std::vector<std::string> names) : names_(std::move(names)), counts_(names_.size()) {}

  /// `simulation(seed, events)` sets events[i] if the i-th event happened.
  void run(std::size_t simulations, const std::function<void(std::uint64_t, std::vector<char>&)>& simulation) {
    simulations_ = simulations;
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> threads;
    for (unsigned t = 0; t < std::max(1U, std::thread::hardware_concurrency()); ++t) {
      threads.emplace_back([&] {
        std::vector<char> events(counts_.size());
        for (std::size_t i = next++; i < simulations; i = next++) {
          std::fill(events.begin(), events.end(), 0);
          simulation(i, events);
          for (std::size_t e = 0; e < events.size(); ++e) counts_[e] += events[e] != 0;
        }
      });
    }
  }

  /// Prints every rate; false if one is outside.
  bool print(const char* heading, Target target) const {
    bool within = true;
    std::printf("\n%s; %zu simulations", heading, simulations_);
    if (target.low > 0 || target.high < 1) std::printf(", target %.1f to %.1f %%", 100 * target.low, 100 * target.high);
    std::printf("\n");
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const double rate = static_cast<double>(counts_[i]) / static_cast<double>(simulations_);
      const bool good = target.low <= rate && rate <= target.high;
      const double error = std::sqrt(rate * (1 - rate) / static_cast<double>(simulations_));
      std::printf("  %-52s %5.1f %% +- %.1f%s\n", names_[i].c_str(), 100 * rate, 100 * error, good ? "" : "  OUTSIDE");
      within = within && good;
    }
    return within;
  }

 private:
  std::vector<std::string> names_;
  std::vector<std::atomic<std::size_t>> counts_;
  std::size_t simulations_ = 0;
};

/// AUROC and accuracy of both models in every round of core's bootstrap.
struct Rounds {
  std::vector<double> first_auroc, second_auroc, first_accuracy, second_accuracy;
};

Rounds rounds_of(const SimulatedScores& data, const SimulatedShape& shape, const Settings& settings, std::uint64_t seed) {
  BootstrapOptions options;
  options.rounds = static_cast<int>(settings.rounds);
  options.seed = seed;
  options.unit = shape.members > 1 ? BootstrapOptions::Unit::cluster : BootstrapOptions::Unit::sample;
  const Resamples resamples(data.truth.size(), data.clusters, options);
  const test::RankedCurve first(data.first, data.truth), second(data.second, data.truth);
  const double threshold = test::lead_of(shape) / 2;
  std::vector<std::uint32_t> drawn(data.truth.size());
  Rounds rounds;
  for (std::size_t r = 0; r < settings.rounds; ++r) {
    resamples.fill(r, drawn);
    rounds.first_auroc.push_back(first.auroc(drawn));
    rounds.second_auroc.push_back(second.auroc(drawn));
    double total = 0, first_right = 0, second_right = 0;
    for (std::size_t i = 0; i < drawn.size(); ++i) {
      total += drawn[i];
      first_right += drawn[i] * static_cast<double>((data.first[i] > threshold) == (data.truth[i] == 1));
      second_right += drawn[i] * static_cast<double>((data.second[i] > threshold) == (data.truth[i] == 1));
    }
    rounds.first_accuracy.push_back(first_right / total);
    rounds.second_accuracy.push_back(second_right / total);
  }
  return rounds;
}

bool holds(double low, double high, double truth) { return low <= truth && truth <= high; }

bool holds(const std::vector<double>& rounds, double truth) {
  const Interval interval = summarise(rounds, kConfidence);
  return holds(interval.low, interval.high, truth);
}

/// The share of right answers at the threshold between the classes: both models', by construction.
double true_accuracy(const SimulatedShape& shape) { return normal_cdf(test::lead_of(shape) / 2); }

bool claims(const std::vector<double>& first, const std::vector<double>& second) {
  return paired_difference(0, 0, first, second, kConfidence).p_value < kLevel;
}

double delong_p(const SimulatedScores& data, std::span<const std::uint32_t> clusters) {
  const auto first = auroc_components(data.first, data.truth, clusters);
  const auto second = auroc_components(data.second, data.truth, clusters);
  return first && second ? delong_difference(*first, *second, kConfidence).p_value : 1;
}

double mcnemar_p(const std::vector<int>& surplus) {
  const auto first_only = std::count(surplus.begin(), surplus.end(), 1);
  const auto second_only = std::count(surplus.begin(), surplus.end(), -1);
  return mcnemar(static_cast<std::uint64_t>(first_only), static_cast<std::uint64_t>(second_only)).p_value();
}

/// Intervals and tests of single samples, or of patients where the shape has several samples of one.
bool one_shape(const SimulatedShape& shape, const Settings& settings, const std::string& what, bool counts = true) {
  const bool clustered = shape.members > 1;
  Counts coverage(clustered ? std::vector<std::string>{"bootstrap by patient, AUROC", "bootstrap by patient, accuracy",
                                                       "bootstrap by patient, difference of AUROCs", "DeLong by patient, logit"}
                            : std::vector<std::string>{"bootstrap, AUROC", "bootstrap, accuracy", "bootstrap, difference of AUROCs",
                                                       "DeLong, logit", "DeLong, plain"});
  Counts tests(clustered ? std::vector<std::string>{"bootstrap by patient, AUROC", "bootstrap by patient, accuracy",
                                                    "DeLong by patient", "McNemar by patient"}
                         : std::vector<std::string>{"bootstrap, AUROC", "bootstrap, accuracy", "DeLong", "McNemar (mid-p)"});
  // One run serves both: events of the coverage come first.
  std::vector<std::vector<char>> claimed(settings.simulations);
  coverage.run(settings.simulations, [&](std::uint64_t seed, std::vector<char>& events) {
    const SimulatedScores data = simulate(shape, seed * 2654435761U + shape.members);
    const std::span<const std::uint32_t> clusters = clustered ? std::span<const std::uint32_t>(data.clusters)
                                                              : std::span<const std::uint32_t>();
    const Rounds rounds = rounds_of(data, shape, settings, seed);
    const auto curve = auroc_components(data.first, data.truth, clusters);
    const std::vector<int> surplus = data.surplus(test::lead_of(shape) / 2);
    events[0] = holds(rounds.first_auroc, shape.auroc);
    events[1] = holds(rounds.first_accuracy, true_accuracy(shape));
    const Contrast difference = paired_difference(0, 0, rounds.first_auroc, rounds.second_auroc, kConfidence);
    events[2] = holds(difference.interval.low, difference.interval.high, 0);
    for (std::size_t i = 3; curve && i < events.size(); ++i) {
      const auto interval = delong_interval({curve->auroc, curve->variance()}, kConfidence, i == 3 ? Scale::logit : Scale::plain);
      events[i] = holds(interval.low, interval.high, shape.auroc);
    }
    const double p = clustered ? clustered_mcnemar(surplus, data.clusters).p_value : mcnemar_p(surplus);
    claimed[seed] = {static_cast<char>(difference.p_value < kLevel),
                     static_cast<char>(claims(rounds.first_accuracy, rounds.second_accuracy)),
                     static_cast<char>(delong_p(data, clusters) < kLevel), static_cast<char>(p < kLevel)};
  });
  tests.run(settings.simulations, [&](std::uint64_t seed, std::vector<char>& events) { events = claimed[seed]; });
  const bool covered = coverage.print(("Coverage of 95 % intervals, " + what).c_str(), counts ? kCoverage : kShown);
  const bool honest = tests.print(("False claims of paired tests at 5 %, " + what).c_str(), counts ? kFalseClaims : kShown);
  return covered && honest;
}

/// A grid of scenarios in which no model differs: any claim is false.
bool families(const Settings& settings) {
  Counts counts({"DeLong, Holm", "McNemar (mid-p), Holm"});
  Counts uncorrected({"DeLong, uncorrected", "McNemar (mid-p), uncorrected"});
  SimulatedShape shape;
  shape.samples = settings.samples;
  std::vector<std::vector<char>> without(settings.simulations);
  counts.run(settings.simulations, [&](std::uint64_t seed, std::vector<char>& events) {
    std::vector<double> by_delong, by_mcnemar;
    for (std::size_t s = 0; s < kScenarios; ++s) {
      const SimulatedScores data = simulate(shape, 7919 * (seed * kScenarios + s) + 1);
      by_delong.push_back(delong_p(data, {}));
      by_mcnemar.push_back(mcnemar_p(data.surplus(test::lead_of(shape) / 2)));
    }
    const auto any = [](const std::vector<double>& p) { return *std::min_element(p.begin(), p.end()) < kLevel; };
    events = {static_cast<char>(any(holm(by_delong))), static_cast<char>(any(holm(by_mcnemar)))};
    without[seed] = {static_cast<char>(any(by_delong)), static_cast<char>(any(by_mcnemar))};
  });
  uncorrected.run(settings.simulations, [&](std::uint64_t seed, std::vector<char>& events) { events = without[seed]; });
  const bool held = counts.print("Any false claim among 144 tests at 5 %, Holm's correction", kFamily);
  uncorrected.print("The same without a correction (for comparison)", kShown);
  return held;
}

int run(int argc, char** argv) {
  const auto argument = [&](int i, std::size_t otherwise) {
    return argc > i ? static_cast<std::size_t>(std::strtoul(argv[i], nullptr, 10)) : otherwise;
  };
  const Settings settings{argument(1, 2000), argument(2, 1000), argument(3, 200)};
  std::printf("n = %zu, %zu bootstrap rounds, true AUROC 0.8\n", settings.samples, settings.rounds);
  bool within = one_shape({.samples = settings.samples}, settings, "single samples");
  within = one_shape({.samples = settings.samples, .members = 2}, settings, "two samples a patient") && within;
  within = one_shape({.samples = settings.samples, .members = 4}, settings, "four samples a patient") && within;
  // Twenty positives are few: all of these methods lean on large samples of both kinds, and claim a little too much here.
  one_shape({.samples = settings.samples, .prevalence = 0.1}, settings, "one positive in ten (no target)", false);
  within = families(settings) && within;
  std::printf("\n%s\n", within ? "all within their targets" : "NOT all within their targets");
  return within ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
