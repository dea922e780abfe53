// A value with its bootstrap interval, and how one is made of the rounds.
#pragma once

#include <cstddef>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm {

/// A metric's value and how far it varies between resamples. Everything is NaN that cannot be known.
struct Interval {
  double value = 0;              ///< on the scored samples themselves
  double mean = 0;               ///< over the rounds in which the metric is defined
  double std = 0;                ///< over the same rounds, divided by their number
  double low = 0;                ///< percentile interval
  double high = 0;
  std::size_t valid_rounds = 0;  ///< rounds in which the metric is defined
};

/// The q-quantile (0 <= q <= 1) with linear interpolation at position q*(m-1); NaN for no values. Reorders `values`,
/// which must not hold NaN. Throws Error(internal) for q out of range.
MEDVLM_API double percentile(std::vector<double>& values, double q);

/// Mean, deviation and interval of one value per round; NaN rounds are left out. `value` of the result is NaN. Throws
/// Error(config) for a confidence outside (0, 1).
MEDVLM_API Interval summarise(std::vector<double> rounds, double confidence);

}  // namespace medvlm
