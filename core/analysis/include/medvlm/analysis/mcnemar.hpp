// McNemar's test: do two models differ in how often they are right, judged by the samples on which one alone is right?
#pragma once

#include <cstdint>
#include <span>

#include "medvlm/base/api.hpp"

namespace medvlm::analysis {

/// Two-sided p-values for the discordant samples, in three ways. All are 1 where there is no discordant sample.
struct McNemar {
  std::uint64_t first_only = 0;   ///< samples that the first model alone has right
  std::uint64_t second_only = 0;
  double exact_p = 1;             ///< binomial: never above the level, often far below
  double mid_p = 1;               ///< counts half of the observed outcome's probability
  double corrected_chi_square = 0;  ///< (|b - c| - 1)^2 / (b + c)
  double corrected_p = 1;

  /// The default is mid-p: the exact test and the continuity correction rarely reach the level that they are set to and so miss
  /// differences; mid-p hardly ever exceeds it, also with few samples (M. W. Fagerland, S. Lydersen, P. Laake, BMC Medical
  /// Research Methodology 13:91, 2013, whose formulae these are).
  double p_value() const { return mid_p; }
};

MEDVLM_API McNemar mcnemar(std::uint64_t first_only, std::uint64_t second_only);

/// For samples in clusters (images of a patient), whose members may depend on each other: z is the sum of the clusters' surplus
/// (samples that the first model alone has right, less those that the second has) over the root of the sum of its squares,
/// which is its standard error where neither model is better. With single samples this is McNemar's test without correction.
struct ClusteredMcNemar {
  std::uint64_t clusters = 0;  ///< those with a surplus of either model
  double z = 0;
  double p_value = 1;
};

/// `differences[i]` is first minus second of sample i (-1, 0 or 1), `clusters[i]` its cluster. Throws Error(internal) for
/// spans of different lengths.
MEDVLM_API ClusteredMcNemar clustered_mcnemar(std::span<const int> differences, std::span<const std::uint32_t> clusters);

}  // namespace medvlm::analysis
