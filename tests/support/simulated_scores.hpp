// Two models on one test set, by chance: for simulations of intervals and tests, where the truth is known. Both have the same
// true AUROC and accuracy, so that every difference found between them is a false claim.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "medvlm/analysis/normal.hpp"
#include "medvlm/base/random.hpp"

namespace medvlm::test {

struct SimulatedShape {
  std::size_t samples = 200;
  double prevalence = 0.5;     ///< share of positives
  double auroc = 0.8;          ///< true one of both models, in [0.5, 1)
  double shared = 0.5;         ///< share of the noise's variance that both models have in common
  std::size_t members = 1;     ///< samples of a patient, who share 0.5 of their noise's variance, and mostly their truth
};

struct SimulatedScores {
  std::vector<std::int8_t> truth;
  std::vector<double> first, second;
  std::vector<std::uint32_t> clusters;  ///< patients

  /// 1 where the first model alone is right, -1 where the second alone is. A score above half the positives' lead is a yes.
  std::vector<int> surplus(double threshold) const {
    std::vector<int> list;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      const bool yes = truth[i] == 1;
      list.push_back(((first[i] > threshold) == yes) - ((second[i] > threshold) == yes));
    }
    return list;
  }
};

/// By how much positives' scores lie above the negatives', for noise of variance 1.
inline double lead_of(const SimulatedShape& shape) { return std::sqrt(2.0) * analysis::normal_quantile(shape.auroc); }

inline SimulatedScores simulate(const SimulatedShape& shape, std::uint64_t seed) {
  Splitmix64 random(splitmix64(seed));
  std::normal_distribution<double> normal;
  const double of_patient = shape.members > 1 ? 0.5 : 0.0;
  SimulatedScores made;
  double patients[3] = {};  // common, first, second
  bool patient_truth = false;
  for (std::size_t i = 0; i < shape.samples; ++i) {
    if (i % shape.members == 0) {
      for (double& each : patients) each = normal(random);
      patient_truth = random.uniform() < shape.prevalence;
    }
    const bool own = shape.members > 1 && random.uniform() < 0.2;
    const bool truth = own ? random.uniform() < shape.prevalence : patient_truth;
    const auto noise = [&](double patient) { return std::sqrt(of_patient) * patient + std::sqrt(1 - of_patient) * normal(random); };
    const double common = noise(patients[0]);
    const auto score = [&](double patient) {
      return std::sqrt(shape.shared) * common + std::sqrt(1 - shape.shared) * noise(patient) + (truth ? lead_of(shape) : 0.0);
    };
    made.first.push_back(score(patients[1]));
    made.second.push_back(score(patients[2]));
    made.truth.push_back(truth ? 1 : 0);
    made.clusters.push_back(static_cast<std::uint32_t>(i / shape.members));
  }
  return made;
}

/// The AUROC of resamples of one curve without ties: sorted once, then one pass a round. NaN without positives or negatives.
class RankedCurve {
 public:
  RankedCurve(std::span<const double> scores, std::span<const std::int8_t> truth) : truth_(truth) {
    for (std::size_t i = 0; i < scores.size(); ++i) order_.push_back(i);
    std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
  }

  double auroc(std::span<const std::uint32_t> multiplicity) const {
    std::uint64_t negatives = 0, positives = 0, wins = 0;
    for (const std::size_t i : order_) {
      const std::uint64_t yes = truth_[i] == 1 ? multiplicity[i] : 0;
      wins += yes * negatives;
      positives += yes;
      negatives += multiplicity[i] - yes;
    }
    return static_cast<double>(wins) / (static_cast<double>(positives) * static_cast<double>(negatives));
  }

 private:
  std::span<const std::int8_t> truth_;
  std::vector<std::size_t> order_;
};

}  // namespace medvlm::test
