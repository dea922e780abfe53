#include "medvlm/analysis/unpaired_difference.hpp"

#include <cmath>
#include <limits>

#include "medvlm/analysis/normal.hpp"

namespace medvlm::analysis {

UnpairedDifference unpaired_difference(double first, double first_error, double second, double second_error,
                                       double confidence) {
  UnpairedDifference result{first - second, std::hypot(first_error, second_error)};
  const double reach = interval_z(confidence) * result.standard_error;
  result.z = result.difference == 0 && result.standard_error == 0 ? 0 : result.difference / result.standard_error;
  if (std::isinf(result.z)) result.z = std::numeric_limits<double>::quiet_NaN();  // no error tells how far apart they are
  result.p_value = two_sided_p(result.z);
  result.low = result.difference - reach;
  result.high = result.difference + reach;
  return result;
}

}  // namespace medvlm::analysis
