// The pairs of tokens that may become one, found by the ids of both.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace medvlm::sdk {

/// A table with open addressing, at most half full: half a million merges take 16 MB and are looked up in one step.
class MergeTable {
 public:
  struct Merge {
    std::uint32_t rank = 0;
    std::uint32_t id = 0;
  };

  explicit MergeTable(std::size_t largest_count) : slots_(std::bit_ceil(2 * largest_count + 1)) {}

  /// The memory that put() will look at first. (GCC 12 drops calls of a function that does nothing but prefetch.)
  const void* memory_of(std::uint32_t left, std::uint32_t right) const {
    return &slots_[first(key_of(left, right))];
  }
  /// Of two merges of one pair the later counts.
  void put(std::uint32_t left, std::uint32_t right, Merge merge) {
    const std::uint64_t key = key_of(left, right);
    slots_[slot_of(key)] = {key, merge};
  }
  /// Null if the pair does not merge.
  const Merge* find(std::uint32_t left, std::uint32_t right) const {
    const std::uint64_t key = key_of(left, right);
    const Slot& slot = slots_[slot_of(key)];
    return slot.key == key ? &slot.merge : nullptr;
  }

 private:
  struct Slot {
    std::uint64_t key = 0;  ///< 0: free
    Merge merge;
  };
  /// Never 0; ids are below 2^31.
  static std::uint64_t key_of(std::uint32_t left, std::uint32_t right) {
    return (std::uint64_t{left} << 32 | right) + 1;
  }
  std::size_t first(std::uint64_t key) const {
    constexpr std::uint64_t kMix = 0x9e3779b97f4a7c15;  // 2^64 over the golden ratio (Knuth, 6.4)
    return static_cast<std::size_t>(key * kMix >> 32) & (slots_.size() - 1);
  }
  /// Where the key is, or the free slot where it belongs.
  std::size_t slot_of(std::uint64_t key) const {
    std::size_t slot = first(key);
    while (slots_[slot].key != 0 && slots_[slot].key != key) slot = (slot + 1) & (slots_.size() - 1);
    return slot;
  }

  std::vector<Slot> slots_;
};

}  // namespace medvlm::sdk
