// p-values adjusted for how many questions were asked at once.
#pragma once

#include <span>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm::analysis {

/// Holm's adjusted p-values, in the order given: calling those below a level significant makes one false claim or more with at
/// most that probability, however the tests depend on each other (S. Holm, Scandinavian Journal of Statistics 6, 1979). NaN
/// stays NaN and does not count. Throws Error(internal) for a value outside [0, 1].
MEDVLM_API std::vector<double> holm(std::span<const double> p_values);

/// Benjamini-Hochberg's: of the claims below a level, at most that share is false on average, for independent or positively
/// dependent tests (Y. Benjamini, Y. Hochberg, Journal of the Royal Statistical Society B 57, 1995). NaN and errors as holm().
MEDVLM_API std::vector<double> benjamini_hochberg(std::span<const double> p_values);

}  // namespace medvlm::analysis
