#include "medvlm/analysis/paired_difference.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <utility>

#include "medvlm/base/error.hpp"

namespace medvlm::analysis {
namespace {

constexpr double kRounding = 1e-12;

double touching_level(const std::vector<double>& rounds) {
  std::size_t valid = 0;
  std::size_t not_above = 0;
  std::size_t not_below = 0;
  for (const double round : rounds) {
    if (std::isnan(round)) continue;
    ++valid;
    not_above += round <= kRounding;
    not_below += round >= -kRounding;
  }
  if (valid == 0) return std::numeric_limits<double>::quiet_NaN();
  return std::min(1.0, 2.0 * static_cast<double>(1 + std::min(not_above, not_below)) / static_cast<double>(1 + valid));
}

}  // namespace

Contrast contrast_of(double value, std::vector<double> rounds, double confidence) {
  Contrast contrast;
  contrast.p_value = touching_level(rounds);
  contrast.interval = summarise(std::move(rounds), confidence);
  contrast.interval.value = value;
  return contrast;
}

Contrast paired_difference(double first, double second, std::span<const double> first_rounds,
                           std::span<const double> second_rounds, double confidence) {
  if (first_rounds.size() != second_rounds.size()) {
    throw Error(ErrorCode::internal, "a paired difference of " + std::to_string(first_rounds.size()) + " and " +
                                         std::to_string(second_rounds.size()) + " rounds");
  }
  std::vector<double> rounds(first_rounds.size());
  std::transform(first_rounds.begin(), first_rounds.end(), second_rounds.begin(), rounds.begin(), std::minus<>());
  return contrast_of(first - second, std::move(rounds), confidence);
}

std::vector<std::string> differences_between(const ResampleKey& first, const ResampleKey& second) {
  std::vector<std::string> found;
  const auto numbers = [&](const char* what, std::uint64_t a, std::uint64_t b) {
    if (a != b) found.push_back(std::string(what) + " " + std::to_string(a) + " and " + std::to_string(b));
  };
  if (first.samples_sha256 != second.samples_sha256) {
    found.push_back("the test sets have other samples (" + first.samples_sha256.substr(0, 12) + " and " +
                    second.samples_sha256.substr(0, 12) + ")");
  }
  numbers("samples", first.samples, second.samples);
  numbers("bootstrap rounds", first.rounds, second.rounds);
  numbers("bootstrap seed", first.seed, second.seed);
  if (first.unit != second.unit) found.push_back("bootstrap unit \"" + first.unit + "\" and \"" + second.unit + "\"");
  return found;
}

void require_paired(const ResampleKey& first, const std::string& first_name, const ResampleKey& second,
                    const std::string& second_name, const std::vector<std::string>& further) {
  auto found = differences_between(first, second);
  found.insert(found.end(), further.begin(), further.end());
  if (found.empty()) return;
  std::string list;
  for (const std::string& each : found) list += "\n  " + each;
  const bool other_samples = first.samples_sha256 != second.samples_sha256 || first.samples != second.samples;
  throw Error(ErrorCode::conflict,
              "'" + first_name + "' and '" + second_name + "' are not paired:" + list + "\n" +
                  (other_samples ? "Run both on the same test split (same dataset, same options), then compare."
                                 : "Give both studies the same [bootstrap] (rounds, unit) and the same seed, run medvlm run "
                                   "STUDY --rescore, then compare; predictions are kept."));
}

}  // namespace medvlm::analysis
