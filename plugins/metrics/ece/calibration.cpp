#include "calibration.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace medvlm::metrics {

// The product m * (1.0 / bins) and the quotient m / bins differ in the last bit for some numbers of bins (10, not 15): a
// confidence on an edge would change its bin.
Calibration::Calibration(std::size_t bins) {
  const double width = 1.0 / static_cast<double>(bins);
  for (std::size_t m = 0; m < bins; ++m) edges_.push_back(static_cast<double>(m) * width);
  edges_.push_back(1.0);
}

void Calibration::add(std::uint32_t sample, double confidence, bool hit) {
  const auto above = std::lower_bound(edges_.begin(), edges_.end(), confidence);  // the first edge that is not below
  const auto bin = std::max<std::ptrdiff_t>(above - edges_.begin() - 1, 0);
  claims_.push_back({sample, static_cast<std::uint32_t>(bin), (hit ? 1.0 : 0.0) - confidence});
}

double Calibration::error(std::span<const std::uint32_t> multiplicity) const {
  std::vector<double> excess(edges_.size() - 1);
  std::uint64_t drawn = 0;
  for (const Claim& claim : claims_) {
    const std::uint32_t count = multiplicity[claim.sample];
    drawn += count;
    excess[claim.bin] += count * claim.excess;
  }
  if (drawn == 0) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0;
  for (const double each : excess) sum += std::abs(each);
  return sum / static_cast<double>(drawn);
}

}  // namespace medvlm::metrics
