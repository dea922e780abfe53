// For datasets whose images are ordinary image files.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "medvlm/base/api.hpp"
#include "medvlm/core/data.hpp"

namespace medvlm::sdk {

/// EncodedImage::decoder of everything that read_image_file() gives.
inline constexpr const char* kFileDecoder = "file";

/// The bytes of an image file. Throws Error(data) naming the file if it is missing, no file, or empty; Error(io) if it
/// cannot be read. Thread safe.
MEDVLM_API EncodedImage read_image_file(const std::filesystem::path& file);

/// The bytes of the first of `candidates` that exists; Error(data) lists them all if none does. Thread safe.
MEDVLM_API EncodedImage read_image_file(std::span<const std::filesystem::path> candidates);

/// Pixels of what read_image_file() gave. Throws Error(data) for damaged bytes or another decoder. Thread safe.
MEDVLM_API Image decode_stored_image(const EncodedImage& encoded);

}  // namespace medvlm::sdk
