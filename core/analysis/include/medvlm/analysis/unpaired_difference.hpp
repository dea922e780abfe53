// The difference of two values of which only standard errors are known: published numbers, other test sets.
#pragma once

#include "medvlm/base/api.hpp"

namespace medvlm::analysis {

struct UnpairedDifference {
  double difference = 0;
  double standard_error = 0;
  double z = 0;
  double p_value = 0;
  double low = 0, high = 0;
};

/// first - second with the z-test of independent values: variances add. On one and the same test set two models agree on many
/// samples, so that this is wider than a paired interval and its p-value is larger than it need be. NaN where a standard
/// error is NaN; where both are 0, z and p-value of equal values are 0 and 1, of others NaN. Throws Error(config) for a
/// confidence outside (0, 1).
MEDVLM_API UnpairedDifference unpaired_difference(double first, double first_error, double second, double second_error,
                                                  double confidence);

}  // namespace medvlm::analysis
