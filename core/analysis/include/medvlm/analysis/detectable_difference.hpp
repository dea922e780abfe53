// How large a difference would have had to be to be found: what to print beside "no difference".
#pragma once

#include "medvlm/base/api.hpp"

namespace medvlm::analysis {

/// The true difference that a two-sided test at level `alpha` would find with probability `power`, given the standard error of
/// the (paired) difference: (z(1 - alpha/2) + z(power)) * standard_error (H. S. Bloom, Evaluation Review 19, 1995). 2.8
/// standard errors for 5 % and 80 %. NaN for a NaN error. Throws Error(config) for alpha or power outside (0, 1).
MEDVLM_API double detectable_difference(double standard_error, double alpha = 0.05, double power = 0.8);

}  // namespace medvlm::analysis
