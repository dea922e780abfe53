#include "medvlm/sdk/table/numpy_random.hpp"

#include <bit>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "medvlm/base/error.hpp"

namespace medvlm::sdk {
namespace {

void check_count(std::size_t n) {
  if (n <= std::numeric_limits<std::uint32_t>::max()) return;
  // numpy draws 64 bits for these.
  throw Error(ErrorCode::internal, "cannot permute " + std::to_string(n) + " items; at most 2^32 - 1 are supported");
}

}  // namespace

std::uint32_t NumpyRandomState::interval(std::uint32_t largest) {
  if (largest == 0) return 0;
  const std::uint32_t mask = std::numeric_limits<std::uint32_t>::max() >> std::countl_zero(largest);
  for (;;) {
    const std::uint32_t value = static_cast<std::uint32_t>(generator_()) & mask;
    if (value <= largest) return value;
  }
}

void NumpyRandomState::shuffle(std::span<std::size_t> values) {
  check_count(values.size());
  for (std::size_t i = values.size(); i-- > 1;) std::swap(values[i], values[interval(static_cast<std::uint32_t>(i))]);
}

std::vector<std::size_t> NumpyRandomState::permutation(std::size_t n) {
  check_count(n);
  std::vector<std::size_t> indices(n);
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  shuffle(indices);
  return indices;
}

std::vector<std::size_t> NumpyRandomState::choose(std::span<const std::size_t> values, std::size_t count) {
  if (count > values.size()) {
    throw Error(ErrorCode::internal, "cannot choose " + std::to_string(count) + " of " +
                                         std::to_string(values.size()) + " values without replacement");
  }
  std::vector<std::size_t> chosen = permutation(values.size());
  chosen.resize(count);
  for (std::size_t& index : chosen) index = values[index];
  return chosen;
}

}  // namespace medvlm::sdk
