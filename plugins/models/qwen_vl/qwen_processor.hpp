// From a picture of any size to rows of patches, as preprocessor_config.json says.
#pragma once

#include <filesystem>
#include <string>

#include "medvlm/core/data.hpp"
#include "medvlm/sdk/checkpoint/hf_config.hpp"
#include "medvlm/sdk/image/processor.hpp"
#include "qwen_config.hpp"

namespace medvlm::qwen_vl {

/// How many pixels a resized picture may have.
struct PixelRange {
  std::int64_t least = 56 * 56;
  std::int64_t most = 28 * 28 * 1280;
};

/// The size nearest to the picture's own whose sides are multiples of `factor` and whose pixels are within the range,
/// the ratio kept as far as that goes; smart_resize of Qwen2-VL's reference code. Throws Error(data) for a picture
/// without pixels, or one that is more than 200 times as long as wide.
sdk::ImageSize smart_resize(int width, int height, std::int64_t factor, const PixelRange& range);

/// What the user may change; 0: as the checkpoint says.
struct ProcessorOptions {
  sdk::PassOrder order = sdk::PassOrder::pillow_13;
  std::int64_t min_pixels = 0;
  std::int64_t max_pixels = 0;
  int fixed_size = 0;  ///< every picture is first brought to a square of this side; 0: it is not
};

/// Const calls are thread safe.
class QwenProcessor {
 public:
  /// Reads preprocessor_config.json. Throws Error(checkpoint), and Error(config) if no size would be allowed.
  QwenProcessor(const std::filesystem::path& folder, const ProcessorOptions& options);

  /// Patches [rows * columns, 3 * frames * side * side] float32, those that are merged into one feature one after the
  /// other; with the extra "image_grid_thw" [1, 3] int64: 1, rows, columns. Throws Error(data).
  ProcessedImage operator()(const Image& image) const;

  /// Everything that determines the result.
  std::string identity() const;
  const PatchShape& patch() const { return patch_; }

 private:
  at::Tensor patches(const at::Tensor& pixels) const;

  ProcessorOptions options_;
  PatchShape patch_;
  PixelRange range_;
  sdk::ImageProcessor normaliser_;
};

}  // namespace medvlm::qwen_vl
