// Pictures as Gemma 3 sees them: squeezed into a square and, with pan and scan, again in crops.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "medvlm/base/options.hpp"
#include "medvlm/sdk/image/processor.hpp"

namespace medvlm::gemma3 {

/// When and how a picture is cut.
struct PanAndScan {
  std::int64_t min_crop = 256;  ///< no side of a crop is shorter
  std::int64_t max_crops = 4;
  double min_ratio = 1.2;       ///< of the longer to the shorter side
};

/// The crops of a picture, from the left or from the top; none if it is not long enough or too small. The last one is
/// smaller where the sides do not divide, and crops that would lie outside are left out.
std::vector<sdk::Window> pan_and_scan(int width, int height, const PanAndScan& settings);

/// Gemma3ImageProcessor. Const calls are thread safe.
class Gemma3Images {
 public:
  /// From preprocessor_config.json and the options; `size` is the side that the vision tower takes.
  /// Throws Error(checkpoint), Error(config).
  Gemma3Images(const std::filesystem::path& folder, const Options& options, std::int64_t size);

  /// [1 + crops, 3, size, size] float32: the whole picture and its crops.
  at::Tensor operator()(const Image& image) const;
  /// Everything that determines the result.
  std::string identity() const;

 private:
  std::filesystem::path folder_;
  std::int64_t size_;
  sdk::ImageProcessor processor_;
  std::optional<PanAndScan> crops_;
};

}  // namespace medvlm::gemma3
