#include "medvlm/analysis/detectable_difference.hpp"

#include <string>

#include "medvlm/analysis/normal.hpp"
#include "medvlm/base/error.hpp"

namespace medvlm::analysis {

double detectable_difference(double standard_error, double alpha, double power) {
  if (!(power > 0 && power < 1)) {
    throw Error(ErrorCode::config, "a power must lie between 0 and 1, e.g. 0.8; it is " + std::to_string(power));
  }
  return (interval_z(1 - alpha) + normal_quantile(power)) * standard_error;
}

}  // namespace medvlm::analysis
