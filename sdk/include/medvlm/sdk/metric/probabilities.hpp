// Checked probabilities, for metrics of calibration.
#pragma once

#include <algorithm>
#include <string>

#include "medvlm/sdk/metric/classification.hpp"

namespace medvlm::sdk {

/// Throws as check_sample(), and Error(data), naming the sample, unless every score is a probability. Rounding of single
/// precision (1e-6 outside of 0 to 1) is let through; see probability().
inline void check_probabilities(const DatasetInfo& dataset, const Scored& scored, const std::string& metric) {
  constexpr double slack = 1e-6;
  check_sample(dataset, scored);
  for (const double score : scored.prediction->scores) {
    if (score >= -slack && score <= 1 + slack) continue;
    throw bad_sample(scored, "metric '" + metric + "' needs probabilities, but the adapter gave the score " +
                                 std::to_string(score) + "; leave the metric out, or use an adapter that gives probabilities");
  }
}

/// A checked score within 0 and 1.
inline double probability(double score) { return std::clamp(score, 0.0, 1.0); }

}  // namespace medvlm::sdk
