// Cutting pictures into tiles of the size that the vision tower takes.
#pragma once

#include <filesystem>
#include <string>

#include "internvl_config.hpp"
#include "medvlm/sdk/image/processor.hpp"

namespace medvlm::internvl {

/// The number of columns (width) and rows (height) of the grid whose aspect ratio is nearest to the picture's, among
/// all with minimum to maximum tiles. On a tie the one with more tiles, unless its area were twice the picture's or
/// more. (dynamic_preprocess of the original code.)
sdk::ImageSize tile_grid(int width, int height, const TilingConfig& tiling);

/// Const calls are thread safe.
class Tiler {
 public:
  /// The library's layout: filter, scale, mean, deviation, size and number of tiles from preprocessor_config.json. The
  /// original: bicubic and ImageNet's values, as its code has them; that file is not read. Throws Error(checkpoint).
  Tiler(const std::filesystem::path& folder, const InternVlConfig& config, sdk::PassOrder order);

  /// [tiles, 3, size, size] float32, the tiles row by row, the thumbnail last.
  at::Tensor operator()(const Image& image) const;
  const TilingConfig& tiling() const { return tiling_; }
  /// Replaces the largest number of tiles, and the smallest where it is above that.
  void set_maximum(std::int64_t maximum);
  /// Everything that determines the result, as text.
  std::string identity() const;

 private:
  TilingConfig tiling_;
  sdk::Filter filter_;
  sdk::PassOrder order_;
  sdk::ImageProcessor normalize_;  ///< does not resize
};

}  // namespace medvlm::internvl
