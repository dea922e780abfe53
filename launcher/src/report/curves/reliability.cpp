#include <algorithm>
#include <array>
#include <cmath>

#include "curves.hpp"

namespace medvlm::report {

std::optional<Reliability> reliability(std::span<const double> probabilities, std::span<const std::int8_t> truth) {
  if (probabilities.empty()) return std::nullopt;
  constexpr std::size_t kBins = 10;
  std::array<ReliabilityBin, kBins> bins{};
  Reliability result;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const double p = probabilities[i];
    if (!(p >= 0 && p <= 1)) return std::nullopt;
    ReliabilityBin& bin = bins[std::min(kBins - 1, static_cast<std::size_t>(p * kBins))];
    bin.predicted += p;
    bin.observed += truth[i];
    ++bin.samples;
    result.brier += (p - truth[i]) * (p - truth[i]);
  }
  const auto all = static_cast<double>(probabilities.size());
  result.brier /= all;
  for (ReliabilityBin& bin : bins) {
    if (bin.samples == 0) continue;
    bin.predicted /= static_cast<double>(bin.samples);
    bin.observed /= static_cast<double>(bin.samples);
    result.calibration_error += static_cast<double>(bin.samples) / all * std::abs(bin.predicted - bin.observed);
    result.bins.push_back(bin);
  }
  return result;
}

}  // namespace medvlm::report
