#include "medvlm/analysis/normal.hpp"

#include <cmath>
#include <numbers>
#include <string>

#include "medvlm/base/error.hpp"

namespace medvlm::analysis {

double normal_cdf(double x) { return std::erfc(-x / std::numbers::sqrt2) / 2; }

// Bisection on the complementary error function: exact to the last bits, and called a few times a run.
double normal_quantile(double q) {
  if (!(q > 0 && q < 1)) throw Error(ErrorCode::internal, "normal_quantile: q must be between 0 and 1, not " + std::to_string(q));
  double low = -40;
  double high = 40;
  while (true) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return middle;
    (normal_cdf(middle) < q ? low : high) = middle;
  }
}

double two_sided_p(double z) { return std::erfc(std::abs(z) / std::numbers::sqrt2); }

double interval_z(double confidence) {
  if (!(confidence > 0 && confidence < 1)) {
    throw Error(ErrorCode::config, "a confidence must lie between 0 and 1, e.g. 0.95; it is " + std::to_string(confidence));
  }
  return normal_quantile((1 + confidence) / 2);
}

}  // namespace medvlm::analysis
