// From the patches of the vision tower to the features that the decoder reads.
#pragma once

#include "gemma3_config.hpp"
#include "medvlm/sdk/nn/parameters.hpp"
#include "medvlm/sdk/nn/rms_norm.hpp"

namespace medvlm::gemma3 {

/// Averages squares of patches, normalises, and multiplies with a matrix that is stored [in, out], unlike a linear
/// layer's: PEFT trains it whole (modules_to_save), not by LoRA.
class Projector {
 public:
  explicit Projector(const Gemma3Config& config);
  void declare(sdk::nn::ParameterList& list, const std::string& name);
  /// [n, patches, vision width] -> [n, image_tokens, text width]
  at::Tensor forward(const at::Tensor& patches) const;

 private:
  std::int64_t grid_, pool_, in_, out_;
  sdk::nn::RmsNorm norm_;
  at::Tensor weight_;
};

}  // namespace medvlm::gemma3
