// For datasets whose images are arrays of numpy.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "medvlm/base/api.hpp"
#include "medvlm/core/data.hpp"
#include "medvlm/sdk/table/npy.hpp"

namespace medvlm::sdk {

/// EncodedImage::decoder of images that are .npy files with uint8 pixels.
inline constexpr const char* kNpyDecoder = "npy";

/// An uint8 array [height, width] (gray) or [height, width, 3] (RGB) as RGB pixels, as Pillow's
/// Image.fromarray(array).convert("RGB"). Throws Error(data), beginning with `origin`, for another type or shape.
MEDVLM_API Image image_of_array(const NpyArray& array, const std::string& origin);

/// Gray pixels, row by row, as RGB. Throws Error(internal) unless there are width * height.
MEDVLM_API Image image_of_gray(int width, int height, const std::vector<std::uint8_t>& gray);

/// The same array as a .npy file of its own, for EncodedImage. Throws as image_of_array() does.
MEDVLM_API EncodedImage encode_npy_image(const NpyArray& array, const std::string& origin);

/// Pixels of what encode_npy_image() gave, or of any .npy file of such an array. Throws Error(data) for damaged bytes or
/// another decoder. Thread safe.
MEDVLM_API Image decode_npy_image(const EncodedImage& encoded);

}  // namespace medvlm::sdk
