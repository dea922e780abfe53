// Counter-based random numbers: a value depends on (seed, purpose, counter) alone, never on order or threads.
#pragma once

#include <cstdint>
#include <string_view>

namespace medvlm {

/// One step of splitmix64 (Steele, Lea, Flood 2014): a bijective mix of 64 bits.
constexpr std::uint64_t splitmix64(std::uint64_t state) {
  state += 0x9e3779b97f4a7c15ULL;
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9ULL;
  state = (state ^ (state >> 27)) * 0x94d049bb133111ebULL;
  return state ^ (state >> 31);
}

/// The sequential splitmix64 generator; satisfies UniformRandomBitGenerator.
class Splitmix64 {
 public:
  using result_type = std::uint64_t;
  explicit constexpr Splitmix64(std::uint64_t seed) : state_(seed) {}
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~std::uint64_t{0}; }
  constexpr result_type operator()() {
    const std::uint64_t value = splitmix64(state_);
    state_ += 0x9e3779b97f4a7c15ULL;
    return value;
  }
  /// Uniform in [0, n), n < 2^32, by multiplication (no modulo bias worth naming for n < 2^24).
  constexpr std::uint32_t below(std::uint32_t n) {
    return static_cast<std::uint32_t>(((operator()() >> 32) * n) >> 32);
  }
  /// Uniform in [0, 1) with 53 bits.
  constexpr double uniform() { return static_cast<double>(operator()() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

/// A seed for one purpose ("bootstrap", "split", ...) derived from the run's seed.
constexpr std::uint64_t derive_seed(std::uint64_t seed, std::string_view purpose) {
  std::uint64_t state = splitmix64(seed);
  for (const char c : purpose) state = splitmix64(state ^ static_cast<unsigned char>(c));
  return state;
}

}  // namespace medvlm
