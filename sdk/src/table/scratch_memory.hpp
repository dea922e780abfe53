// Room for what is unpacked: memory, or a temporary file where it is too much for that.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace medvlm::sdk {

/// Writable bytes, zero at first, at a fixed place; freed with the object.
class ScratchMemory {
 public:
  /// Up to `in_memory` bytes are taken from memory, more from a nameless file in the temporary folder (TMPDIR), whose
  /// pages the system may write out. Throws Error(out_of_memory), or Error(io) with the cure if that folder is full;
  /// messages begin with `label`.
  ScratchMemory(std::uint64_t size, std::uint64_t in_memory, const std::string& label);
  ~ScratchMemory();
  ScratchMemory(const ScratchMemory&) = delete;
  ScratchMemory& operator=(const ScratchMemory&) = delete;

  std::span<char> bytes() { return {data_, static_cast<std::size_t>(size_)}; }

 private:
  char* data_ = nullptr;
  std::uint64_t size_;
};

}  // namespace medvlm::sdk
