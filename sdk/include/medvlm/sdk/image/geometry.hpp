// Sizes, crops and padding as vision processors define them.
#pragma once

#include <array>
#include <cstdint>

#include "medvlm/base/api.hpp"
#include "medvlm/core/data.hpp"

namespace medvlm::sdk {

struct ImageSize {
  int width = 0;
  int height = 0;
};

/// The size with the shorter side at `edge` and the longer one at int(edge * long / short), as Hugging Face computes
/// it. Throws Error(data) if a side is not positive or the result does not fit an int.
MEDVLM_API ImageSize shortest_edge_size(int width, int height, int edge);

/// The size with the aspect ratio kept and one side on `box`, the other at or beyond it (`cover`) or within it: each side
/// is round(side / ratio), half to even, with the smaller or larger of the two ratios, as timm's ResizeKeepRatio computes
/// it; at least 1. Throws Error(data) as above.
MEDVLM_API ImageSize keep_ratio_size(int width, int height, const ImageSize& box, bool cover);

/// A square of the longer side filled with `colour`, the picture in its middle at ((side - w) / 2, (side - h) / 2).
/// LLaVA's colour is int(mean * 255) per channel. Throws Error(data) if the square exceeds 2^28 pixels.
MEDVLM_API Image pad_to_square(const Image& image, const std::array<std::uint8_t, 3>& colour);

}  // namespace medvlm::sdk
