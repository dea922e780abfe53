// numpy's .npz archives, as numpy.savez and savez_compressed write them: named arrays, each read on its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "medvlm/sdk/table/npy.hpp"

namespace medvlm::sdk {

/// Compressed arrays up to this size are unpacked to memory, larger ones to a temporary file.
inline constexpr std::uint64_t kNpzInMemory = 256u << 20;

/// An open .npz file. Nothing of an array is read before it is asked for, and never that of another. Safe to use from
/// several threads.
class MEDVLM_API NpzFile {
 public:
  /// Throws Error(data), also if the file does not exist or is no sound archive; Error(io).
  explicit NpzFile(const std::filesystem::path& file, std::uint64_t in_memory = kNpzInMemory);

  const std::filesystem::path& path() const;
  /// The names of the arrays, without ".npy", sorted.
  std::vector<std::string> names() const;
  bool has(std::string_view name) const;

  /// Type and shape alone: no more than the first bytes are unpacked. Throws Error(data) as array() does.
  NpyHeader header(std::string_view name) const;

  /// An array. If stored, it lies in the mapped file; if compressed, it is unpacked at each call, so keep the result.
  /// Arrays over kNpzInMemory then lie in a file of the temporary folder (TMPDIR) that has no name and goes away by
  /// itself. The checksum is verified, but for stored arrays over kNpzInMemory. Throws Error(data) that lists the arrays
  /// present if this one is not, or names file and array if it is damaged; Error(io) if TMPDIR is full.
  NpyArray array(std::string_view name) const;

  /// The bytes of the array's own .npy file. Throws as array() does.
  std::string bytes(std::string_view name) const;

 private:
  struct Contents;
  std::shared_ptr<const Contents> contents_;
};

}  // namespace medvlm::sdk
