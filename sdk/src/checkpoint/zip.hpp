// The directory of a zip archive with stored entries, as torch.save writes it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace medvlm::sdk {

/// Where an entry's bytes lie in the archive; within it, always.
struct ZipEntry {
  std::uint64_t begin = 0;
  std::uint64_t size = 0;
};

/// Reads the central directory (zip64 too). PyTorch's own reader copies every entry and cannot say that one is
/// compressed; with the places known, tensors can be views of the mapped file.
/// Throws Error(checkpoint), beginning with `label`, for a damaged, encrypted, compressed or split archive.
std::map<std::string, ZipEntry, std::less<>> read_zip_directory(std::string_view archive, const std::string& label);

}  // namespace medvlm::sdk
