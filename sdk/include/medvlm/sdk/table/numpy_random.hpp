// numpy's legacy random numbers, `numpy.random.RandomState(seed)`, as far as published splits depend on them.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk {

/// The same stream as numpy.random.RandomState(seed) for an integer seed (numpy/random/_mt19937.pyx, mtrand.pyx): a
/// Mersenne Twister seeded by Knuth's recurrence. numpy keeps it unchanged for ever (NEP 19). Not for use from several
/// threads at once.
class MEDVLM_API NumpyRandomState {
 public:
  explicit NumpyRandomState(std::uint32_t seed) : generator_(seed) {}

  /// A uniform integer in [0, largest], by masking and rejection (`random_interval`). 0 draws nothing.
  std::uint32_t interval(std::uint32_t largest);

  /// `shuffle(values)`.
  void shuffle(std::span<std::size_t> values);

  /// `permutation(n)`: the indices 0 to n - 1 in random order. Throws Error(internal) for n of 2^32 and more.
  std::vector<std::size_t> permutation(std::size_t n);

  /// `choice(values, size=count, replace=False)`. Throws Error(internal) if there are fewer values.
  std::vector<std::size_t> choose(std::span<const std::size_t> values, std::size_t count);

 private:
  std::mt19937 generator_;
};

}  // namespace medvlm::sdk
