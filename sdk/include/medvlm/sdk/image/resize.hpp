// Resizing of 8-bit pictures with exactly Pillow's bytes.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "medvlm/base/api.hpp"
#include "medvlm/core/data.hpp"

namespace medvlm::sdk {

/// Pillow's resampling filters.
enum class Filter { nearest, box, bilinear, hamming, bicubic, lanczos };

/// From Pillow's integer codes (`resample` in preprocessor_config.json): 0 nearest, 1 lanczos, 2 bilinear, 3 bicubic,
/// 4 box, 5 hamming. Throws Error(config) for any other number.
MEDVLM_API Filter filter_from_pillow(std::int64_t code);

/// "nearest", "box", "bilinear", "hamming", "bicubic" or "lanczos".
MEDVLM_API std::string_view filter_name(Filter filter);

/// Which of the two passes comes first; the 8-bit picture between them makes the difference visible.
enum class PassOrder {
  horizontal_first,  ///< Pillow up to 12: what published results were made with
  pillow_13,         ///< vertical first if the height shrinks, and by more than twice what the width shrinks
};

/// Which code computes; the results are equal.
enum class Kernel {
  fastest,   ///< AVX2 where the processor has it
  portable,
};

/// 8-bit pixels with 1 (gray), 3 (RGB) or 4 (RGB, alpha) channels, row by row, without gaps.
struct Raster {
  int width = 0;
  int height = 0;
  int channels = 3;
  std::vector<std::uint8_t> pixels;  ///< height * width * channels
};

/// A rectangle in the resized picture.
struct Window {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
};

/// How to resize; the defaults serve everybody but tests.
struct ResizeOptions {
  Filter filter = Filter::bicubic;
  PassOrder order = PassOrder::pillow_13;
  Kernel kernel = Kernel::fastest;
};

/// The picture at width x height, in pixels. Thread safe. Throws Error(data) if a side is below 1, if the pixels do not
/// match the sides, or if the result would have more than 2^28 pixels.
MEDVLM_API Image resize(const Image& image, int width, int height, const ResizeOptions& options);
MEDVLM_API Image resize(const Image& image, int width, int height, Filter filter,
                        PassOrder order = PassOrder::pillow_13);

/// The same bytes as cutting `window` out of resize(), but only they are computed. The whole resized picture may be
/// larger than 2^28 pixels; the window may not, and must lie inside it (else Error(data)).
MEDVLM_API Image resize_window(const Image& image, int width, int height, const Window& window,
                               const ResizeOptions& options);

/// The same for 1, 3 or 4 channels. With 4, colours are multiplied by alpha before and divided after, as Pillow does.
MEDVLM_API Raster resize(const Raster& raster, int width, int height, const ResizeOptions& options);
MEDVLM_API Raster resize_window(const Raster& raster, int width, int height, const Window& window,
                                const ResizeOptions& options);

}  // namespace medvlm::sdk
