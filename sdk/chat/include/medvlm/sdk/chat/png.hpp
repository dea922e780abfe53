// Writes PNG files into memory.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk::chat {

/// The PNG of 8-bit RGB pixels, row by row without gaps. Throws Error(internal) for another number of bytes than
/// width x height x 3, or sizes that PNG cannot hold.
MEDVLM_API std::string encode_png(int width, int height, std::span<const std::uint8_t> rgb);

/// SHA-256 of the size and the pixels.
MEDVLM_API std::string pixels_sha256(int width, int height, std::span<const std::uint8_t> rgb);

}  // namespace medvlm::sdk::chat
