// The vision transformer of BLIP-2 (EVA-CLIP's ViT-g in the published checkpoint).
#pragma once

#include "blip2_config.hpp"
#include "medvlm/sdk/nn/fused_transformer.hpp"

namespace medvlm::blip2 {

class VisionTower {
 public:
  explicit VisionTower(const VisionConfig& config);
  void declare(sdk::nn::ParameterList& list);
  /// pixels [n, 3, size, size] -> all tokens after the final norm, the class token first: [n, 1 + grid^2, width].
  at::Tensor forward(const at::Tensor& pixels) const;

  /// Class, patch and position embeddings: [n, 1 + grid^2, width].
  at::Tensor embed(const at::Tensor& pixels) const;
  at::Tensor post_norm(const at::Tensor& x) const { return post_norm_.forward(x); }
  const sdk::nn::FusedTransformer& transformer() const { return transformer_; }

 private:
  VisionConfig config_;
  at::Tensor class_token_, patch_weight_, patch_bias_, position_;
  sdk::nn::FusedTransformer transformer_;
  sdk::nn::LayerNorm post_norm_;
};

}  // namespace medvlm::blip2
