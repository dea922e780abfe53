// Zip archives: where the entries lie, and their bytes. torch.save, numpy.savez and office files write them.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "medvlm/base/error.hpp"

namespace medvlm::sdk {

/// Where an entry's bytes lie in the archive; within it, always.
struct ZipEntry {
  std::uint64_t begin = 0;
  std::uint64_t packed = 0;  ///< bytes in the archive
  std::uint64_t size = 0;    ///< bytes when unpacked; equal to `packed` if stored
  std::uint32_t crc = 0;     ///< CRC-32 of the unpacked bytes
  bool stored = true;        ///< as it is; otherwise deflated
};

using ZipDirectory = std::map<std::string, ZipEntry, std::less<>>;

/// Reads the central directory (zip64 too). With the places known, stored entries can be used in the mapped file.
/// Throws Error(code), beginning with `label`, for a damaged, encrypted or split archive, an entry twice, a compression
/// other than deflate, and sizes that deflate cannot reach.
ZipDirectory read_zip_directory(std::string_view archive, const std::string& label, ErrorCode code);

/// Writes the first `target.size()` bytes of an entry, stored or deflated; at most `entry.size`. Checks the checksum if
/// that is the whole entry. Throws Error(code), beginning with `label`, for damaged bytes. Thread safe.
void unpack_zip_entry(std::string_view archive, const ZipEntry& entry, std::span<char> target,
                      const std::string& label, ErrorCode code);

/// Throws Error(code), beginning with `label`, if the bytes of a stored entry do not have its checksum.
void check_stored_entry(std::string_view archive, const ZipEntry& entry, const std::string& label, ErrorCode code);

}  // namespace medvlm::sdk
