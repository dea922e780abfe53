// The standard normal distribution.
#pragma once

#include "medvlm/base/api.hpp"

namespace medvlm::analysis {

/// The share of the distribution below x.
MEDVLM_API double normal_cdf(double x);

/// The q-quantile, 0 < q < 1, exact to the last bits. Throws Error(internal) for q out of range.
MEDVLM_API double normal_quantile(double q);

/// The probability of a value at least as far from 0 as z; NaN for NaN.
MEDVLM_API double two_sided_p(double z);

/// The z of a two-sided interval of level `confidence`: 1.96 for 0.95. Throws Error(config) outside (0, 1).
MEDVLM_API double interval_z(double confidence);

}  // namespace medvlm::analysis
