// Resamples: counter-based draws of samples or clusters.
#include <algorithm>
#include <limits>
#include <string>
#include <unordered_map>

#include "medvlm/base/random.hpp"
#include "medvlm/core/bootstrap.hpp"

namespace medvlm {
namespace {

// The draws multiply 32 random bits by the number of units.
constexpr std::size_t kMaxUnits = std::numeric_limits<std::uint32_t>::max();

// Both halves of each 64-bit number are used: that nearly halves the time of the generator.
void count_draws(std::uint64_t seed, std::size_t draws, std::span<std::uint32_t> counts) {
  std::fill(counts.begin(), counts.end(), 0U);
  Splitmix64 generator(seed);
  const std::uint64_t n = counts.size();
  std::uint32_t* const count = counts.data();
  for (std::size_t pair = 0; pair < draws / 2; ++pair) {
    const std::uint64_t bits = generator();
    ++count[((bits >> 32) * n) >> 32];
    ++count[((bits & 0xffffffffULL) * n) >> 32];
  }
  if (draws % 2 != 0) ++count[((generator() >> 32) * n) >> 32];
}

// Renumbers any cluster numbers to 0..k-1 by first appearance, so that only the partition matters.
std::size_t make_dense(std::span<const std::uint32_t> clusters, std::vector<std::uint32_t>& dense) {
  std::unordered_map<std::uint32_t, std::uint32_t> known;
  dense.reserve(clusters.size());
  for (const std::uint32_t cluster : clusters) {
    dense.push_back(known.try_emplace(cluster, static_cast<std::uint32_t>(known.size())).first->second);
  }
  return known.size();
}

}  // namespace

std::vector<std::uint32_t> cluster_numbers(std::span<const Sample> samples, std::string_view group) {
  std::unordered_map<std::string, std::uint32_t> known;
  std::vector<std::uint32_t> numbers;
  numbers.reserve(samples.size());
  std::uint32_t next = 0;
  for (const Sample& sample : samples) {
    const std::string* const name = find_group(sample, group);
    if (name == nullptr) {
      numbers.push_back(next++);
      continue;
    }
    const auto [place, is_new] = known.try_emplace(*name, next);
    next += is_new ? 1 : 0;
    numbers.push_back(place->second);
  }
  return numbers;
}

Resamples::Resamples(std::size_t samples, std::span<const std::uint32_t> clusters, const BootstrapOptions& options)
    : samples_(samples), units_(samples), seed_(derive_seed(options.seed, "bootstrap")) {
  if (options.rounds < 1) {
    throw Error(ErrorCode::config,
                "the bootstrap needs at least 1 round, not " + std::to_string(options.rounds) + "; the usual is 1000");
  }
  if (samples > kMaxUnits) throw Error(ErrorCode::internal, "the bootstrap takes at most 2^32-1 samples");
  rounds_ = static_cast<std::size_t>(options.rounds);
  if (options.unit == BootstrapOptions::Unit::sample) return;
  if (clusters.size() != samples) {
    throw Error(ErrorCode::internal, "the bootstrap got " + std::to_string(clusters.size()) +
                                         " cluster numbers for " + std::to_string(samples) + " samples");
  }
  units_ = make_dense(clusters, cluster_of_);
}

std::size_t Resamples::units_among(std::span<const std::size_t> rows) const {
  std::vector<bool> seen(units_, false);
  std::size_t count = 0;
  for (const std::size_t row : rows) {
    if (row >= samples_) {
      throw Error(ErrorCode::internal, "scored row " + std::to_string(row) + " is outside the test set of " +
                                           std::to_string(samples_) + " samples");
    }
    const std::size_t unit = cluster_of_.empty() ? row : cluster_of_[row];
    if (!seen[unit]) ++count;
    seen[unit] = true;
  }
  return count;
}

void Resamples::fill(std::size_t round, std::span<std::uint32_t> multiplicity) const {
  if (round >= rounds_ || multiplicity.size() != samples_) {
    throw Error(ErrorCode::internal, "bootstrap round " + std::to_string(round) + " of " + std::to_string(rounds_) +
                                         " was asked for " + std::to_string(multiplicity.size()) + " of " +
                                         std::to_string(samples_) + " samples");
  }
  if (samples_ == 0) return;
  const std::uint64_t seed = splitmix64(seed_ + round);
  if (cluster_of_.empty()) return count_draws(seed, samples_, multiplicity);
  std::vector<std::uint32_t> drawn(units_);
  count_draws(seed, units_, drawn);
  for (std::size_t i = 0; i < samples_; ++i) multiplicity[i] = drawn[cluster_of_[i]];
}

}  // namespace medvlm
