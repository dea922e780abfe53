// Expected calibration error of claims (a confidence each, and whether it came true), for any resample, in one pass.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace medvlm::metrics {

/// Safe to use from several threads once all claims are added.
class Calibration {
 public:
  explicit Calibration(std::size_t bins);

  /// `confidence` is within 0 and 1.
  void add(std::uint32_t sample, double confidence, bool hit);

  bool empty() const { return claims_.empty(); }

  /// Sum over bins of |hits - confidences|, divided by the number of claims drawn; NaN if none was. `multiplicity` has
  /// one element per sample number.
  double error(std::span<const std::uint32_t> multiplicity) const;

 private:
  struct Claim {
    std::uint32_t sample = 0;
    std::uint32_t bin = 0;
    double excess = 0;  ///< hit - confidence
  };

  std::vector<double> edges_;  // bins + 1
  std::vector<Claim> claims_;
};

}  // namespace medvlm::metrics
