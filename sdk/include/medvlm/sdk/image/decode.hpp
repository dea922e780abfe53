// From the bytes of a picture file to RGB pixels, exactly as Pillow's Image.open(file).convert("RGB").
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "medvlm/base/api.hpp"
#include "medvlm/core/data.hpp"

namespace medvlm::sdk {

/// Decodes PNG, JPEG, BMP, TIFF or WebP (told apart by their first bytes, not by a name) to 8-bit RGB.
///
/// As Pillow: alpha is dropped and nothing is blended; palettes are looked up; 16-bit gray saturates at 255 (16-bit
/// colour keeps the high byte); float TIFF is clipped and cut to integers; CMYK is converted by Pillow's formula; EXIF
/// orientation is ignored, but a TIFF's own orientation tag is obeyed; of several pages the first counts.
///
/// Throws Error(data) that begins with `origin` and says what is wrong: not a picture; a format without decoder (GIF,
/// DICOM, animated WebP, uncompressed YCbCr TIFF); a cut or damaged file; more than 2^28 pixels or a side above
/// 1,000,000. Unlike Pillow, a PNG whose picture data fail their checksum are refused. Thread safe; prints nothing.
MEDVLM_API Image decode_image(std::string_view bytes, const std::string& origin);

/// The same for a file. Throws Error(io) if it cannot be read.
MEDVLM_API Image decode_image_file(const std::filesystem::path& file);

}  // namespace medvlm::sdk
