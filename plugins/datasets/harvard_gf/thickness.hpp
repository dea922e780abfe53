// From a thickness map to a picture.
#pragma once

#include "medvlm/core/data.hpp"

namespace medvlm::harvard_gf {

/// EncodedImage::decoder of maps: the bytes are the array's .npy file.
inline constexpr const char* kThicknessDecoder = "rnflt-8bit";

/// The map as gray levels, as the original benchmark makes them: (x + 2) / 352 * 255 in the array's own precision, cut
/// to an integer. -2 (no tissue) becomes 0, 350 micrometres 255; beyond that the level wraps to its low eight bits,
/// as numpy's conversion does on x86-64. Throws Error(data) for another decoder, damaged bytes, an array that is no map,
/// or a value that is no number.
Image decode_thickness(const EncodedImage& encoded);

}  // namespace medvlm::harvard_gf
