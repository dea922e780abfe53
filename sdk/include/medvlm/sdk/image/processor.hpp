// From a picture to the tensor that a vision tower expects, as `preprocessor_config.json` says.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include <ATen/core/Tensor.h>

#include "medvlm/base/api.hpp"
#include "medvlm/core/data.hpp"
#include "medvlm/sdk/image/geometry.hpp"
#include "medvlm/sdk/image/resize.hpp"

namespace medvlm::sdk {

/// What an ImageProcessor does, step by step; a step without value is left out.
struct ProcessorConfig {
  /// How a picture of another aspect ratio is brought to `Target::exact`.
  enum class Fit {
    stretch,  ///< both sides become exact
    cover,    ///< the ratio is kept, one side may be longer: keep_ratio_size()
    contain,  ///< the ratio is kept, one side may be shorter
  };
  /// The size to resize to: the shorter side, or both.
  struct Target {
    int shortest_edge = 0;  ///< 0: `exact` holds
    ImageSize exact;
    Fit fit = Fit::stretch;
  };
  /// Where the crop lies if the difference of the sizes is odd.
  enum class CropRounding {
    down,         ///< begins at floor(d / 2), as in Hugging Face's processors
    torchvision,  ///< begins at round(d / 2), half to even; a smaller picture is padded with floor(-d / 2) before
  };
  std::optional<Target> resize = Target{224, {}};
  Filter filter = Filter::bicubic;
  PassOrder order = PassOrder::pillow_13;
  std::optional<ImageSize> crop = ImageSize{224, 224};  ///< around the centre; filled where the picture is smaller
  CropRounding crop_rounding = CropRounding::down;
  std::uint8_t fill = 0;                                ///< gray value around pictures smaller than the crop
  std::optional<double> rescale = 1.0 / 255;            ///< factor on the 0..255 pixels
  /// Subtracted and divided by per channel, after the rescaling.
  struct Normalize {
    std::array<double, 3> mean{0.48145466, 0.4578275, 0.40821073};
    std::array<double, 3> std{0.26862954, 0.26130258, 0.27577711};
  };
  std::optional<Normalize> normalize = Normalize{};
};

/// Reads the text of a preprocessor_config.json; `file` is its name for messages.
///
/// Known keys: do_resize, size (number: the shorter side, or both sides if `default_to_square` is true;
/// {"shortest_edge"}; {"height", "width"}), resample (Pillow's code), do_center_crop, crop_size (number or
/// {"height", "width"}), do_rescale, rescale_factor, do_normalize, image_mean, image_std (number or three). Other keys
/// are ignored, do_convert_rgb among them: pictures are RGB already. A missing key (or null) has Hugging Face's default
/// for CLIP: the values of ProcessorConfig, all steps done - but with a size of {"height", "width"} there is no crop
/// unless do_center_crop or crop_size asks for one, as in the processors that resize without keeping the aspect ratio.
///
/// Throws Error(checkpoint) that names file, key, what was found and what is expected.
MEDVLM_API ProcessorConfig parse_processor_config(std::string_view text, const std::string& file);

/// Resizes, crops, rescales and normalises with the results of Hugging Face's Pillow and numpy processors. Const calls
/// are thread safe.
class MEDVLM_API ImageProcessor {
 public:
  /// Throws Error(checkpoint) if a size is not positive or above 16384, or a deviation is 0 or not finite.
  explicit ImageProcessor(const ProcessorConfig& config);
  /// parse_processor_config() and the above.
  ImageProcessor(std::string_view text, const std::string& file);

  /// [3, height, width] float32, contiguous, on the CPU. Throws Error(data) for an empty or far too long picture.
  at::Tensor operator()(const Image& image) const;

  /// The 8-bit picture after resize and crop, before rescaling.
  Image pixels(const Image& image) const;

  /// Everything that determines the result, as canonical JSON; equal texts mean equal tensors.
  std::string identity() const;

  const ProcessorConfig& config() const { return config_; }

 private:
  struct Placed;
  Placed place(const Image& image) const;

  ProcessorConfig config_;
  std::array<std::array<float, 256>, 3> table_{};  ///< the float of each channel's 8-bit value
};

}  // namespace medvlm::sdk
