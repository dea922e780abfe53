// From the bytes of a picture file to RGB pixels, exactly as Pillow's Image.open(file).convert("RGB").
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "medvlm/base/api.hpp"
#include "medvlm/core/data.hpp"

namespace medvlm::sdk {

/// Decodes PNG, JPEG, BMP, TIFF, WebP or DICOM (told apart by their first bytes, not by a name) to 8-bit RGB.
///
/// As Pillow: alpha is dropped and nothing is blended; palettes are looked up; 16-bit gray saturates at 255 (16-bit
/// colour keeps the high byte); float TIFF is clipped and cut to integers; CMYK is converted by Pillow's formula; EXIF
/// orientation is ignored, but a TIFF's own orientation tag is obeyed; of several pages the first counts.
///
/// DICOM, of which Pillow knows nothing: the first frame. Gray: modality table or rescale slope and intercept, then VOI
/// table, first window (LINEAR, LINEAR_EXACT, SIGMOID; a width that is not positive is none) or else the range of the
/// frame's values, in doubles, rounded half up; MONOCHROME1 is inverted. Padding values, overlays and presentation
/// states are not applied. Colour: RGB, YBR_FULL, YBR_FULL_422, JPEG 2000's YBR_ICT and YBR_RCT, PALETTE COLOR (the high
/// byte of deep entries). Uncompressed, deflated, RLE, JPEG baseline, extended and lossless, JPEG-LS, JPEG 2000.
/// Anything else is refused by name.
///
/// Throws Error(data) that begins with `origin` and says what is wrong: not a picture; a format without decoder (GIF,
/// animated WebP, uncompressed YCbCr TIFF); a cut or damaged file; more than 2^28 pixels or a side above
/// 1,000,000. Unlike Pillow, a PNG whose picture data fail their checksum are refused. Thread safe; prints nothing.
MEDVLM_API Image decode_image(std::string_view bytes, const std::string& origin);

/// The same for a file. Throws Error(io) if it cannot be read.
MEDVLM_API Image decode_image_file(const std::filesystem::path& file);

}  // namespace medvlm::sdk
