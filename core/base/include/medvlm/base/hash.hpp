// Content hashes: SHA-256 for identity, CRC-32C for damage.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "medvlm/base/api.hpp"

namespace medvlm {

/// Incremental SHA-256. Not for use from several threads at once.
class MEDVLM_API Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  Sha256& add(std::string_view bytes);
  /// Adds the length first, so that ("ab","c") and ("a","bc") differ.
  Sha256& add_field(std::string_view bytes);
  /// 64 lower-case hexadecimal digits. Ends the use of this object.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

MEDVLM_API std::string sha256_hex(std::string_view bytes);

/// Streams the file. Throws Error(io) that names it.
MEDVLM_API std::string sha256_file(const std::filesystem::path& file);

/// CRC-32 (IEEE, as zlib's) of the bytes.
MEDVLM_API std::uint32_t crc32(std::string_view bytes);

}  // namespace medvlm
