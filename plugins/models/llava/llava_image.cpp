#include "llava_image.hpp"

#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::llava {

LlavaImage::LlavaImage(const LlavaConfig& config, sdk::PassOrder order)
    : processor_(sdk::read_image_processor(config.preprocessor_folder, order)), pad_(config.pad_to_square) {
  const auto mean = processor_.config().normalize.value_or(sdk::ProcessorConfig::Normalize{}).mean;
  for (std::size_t i = 0; i < colour_.size(); ++i) colour_[i] = static_cast<std::uint8_t>(mean[i] * 255);
}

at::Tensor LlavaImage::operator()(const Image& image) const {
  return pad_ ? processor_(sdk::pad_to_square(image, colour_)) : processor_(image);
}

std::string LlavaImage::identity() const { return (pad_ ? "square of the mean colour, then " : "") + processor_.identity(); }

}  // namespace medvlm::llava
