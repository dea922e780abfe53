#include "medvlm/analysis/unpaired_difference.hpp"

#include <cmath>

#include "medvlm/analysis/normal.hpp"

namespace medvlm::analysis {

UnpairedDifference unpaired_difference(double first, double first_error, double second, double second_error,
                                       double confidence) {
  UnpairedDifference result{first - second, std::hypot(first_error, second_error)};
  const double reach = interval_z(confidence) * result.standard_error;
  result.z = result.difference / result.standard_error;
  result.p_value = two_sided_p(result.z);
  result.low = result.difference - reach;
  result.high = result.difference + reach;
  return result;
}

}  // namespace medvlm::analysis
