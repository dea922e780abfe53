// From a picture to the pixels that LLaVA's tower takes.
#pragma once

#include "llava_config.hpp"
#include "medvlm/sdk/image/processor.hpp"

namespace medvlm::llava {

/// CLIP's processor, after padding to a square of CLIP's mean colour where the checkpoint wants that. Thread safe.
class LlavaImage {
 public:
  /// Throws Error(checkpoint).
  LlavaImage(const LlavaConfig& config, sdk::PassOrder order);
  /// [3, size, size] float32
  at::Tensor operator()(const Image& image) const;
  std::string identity() const;

 private:
  sdk::ImageProcessor processor_;
  bool pad_;
  std::array<std::uint8_t, 3> colour_{};
};

}  // namespace medvlm::llava
