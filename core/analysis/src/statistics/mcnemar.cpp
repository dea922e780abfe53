#include "medvlm/analysis/mcnemar.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <unordered_map>

#include "medvlm/analysis/normal.hpp"
#include "medvlm/base/error.hpp"

namespace medvlm::analysis {
namespace {

/// The probability of k heads in n tosses of a fair coin.
double fair_coin(std::uint64_t k, std::uint64_t n) {
  const auto log_factorial = [](std::uint64_t m) { return std::lgamma(static_cast<double>(m) + 1); };
  return std::exp(log_factorial(n) - log_factorial(k) - log_factorial(n - k) -
                  static_cast<double>(n) * std::numbers::ln2);
}

}  // namespace

McNemar mcnemar(std::uint64_t first_only, std::uint64_t second_only) {
  McNemar result{first_only, second_only};
  const std::uint64_t discordant = first_only + second_only;
  if (discordant == 0) return result;
  const std::uint64_t fewer = std::min(first_only, second_only);
  double tail = 0;
  for (std::uint64_t k = 0; k <= fewer; ++k) tail += fair_coin(k, discordant);
  const double observed = fair_coin(fewer, discordant);
  result.exact_p = std::min(1.0, 2 * tail);
  result.mid_p = first_only == second_only ? 1 - observed / 2 : 2 * tail - observed;
  const double apart = static_cast<double>(std::max(first_only, second_only) - fewer);
  const double corrected = std::max(0.0, apart - 1);
  result.corrected_chi_square = corrected * corrected / static_cast<double>(discordant);
  result.corrected_p = two_sided_p(std::sqrt(result.corrected_chi_square));
  return result;
}

ClusteredMcNemar clustered_mcnemar(std::span<const int> differences, std::span<const std::uint32_t> clusters) {
  if (differences.size() != clusters.size()) {
    throw Error(ErrorCode::internal, "McNemar: " + std::to_string(differences.size()) + " differences for " +
                                         std::to_string(clusters.size()) + " cluster numbers");
  }
  std::unordered_map<std::uint32_t, int> surplus;
  for (std::size_t i = 0; i < differences.size(); ++i) surplus[clusters[i]] += differences[i];
  ClusteredMcNemar result;
  double sum = 0;
  double squares = 0;
  for (const auto& [cluster, difference] : surplus) {
    result.clusters += difference != 0;
    sum += difference;
    squares += static_cast<double>(difference) * difference;
  }
  if (squares == 0) return result;
  result.z = sum / std::sqrt(squares);
  result.p_value = two_sided_p(result.z);
  return result;
}

}  // namespace medvlm::analysis
