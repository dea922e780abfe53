// The two towers of SigLIP: a vision transformer with an attention-pooling head, and a bidirectional text transformer.
#pragma once

#include "medvlm/sdk/nn/attention_pooling.hpp"
#include "siglip_config.hpp"

namespace medvlm::siglip {

class VisionTower {
 public:
  explicit VisionTower(const VisionConfig& config);
  void declare(sdk::nn::ParameterList& list);
  /// pixels [n, 3, size, size] -> the pooled image, [n, width].
  at::Tensor forward(const at::Tensor& pixels) const;

  /// Patch and position embeddings: [n, grid^2, width].
  at::Tensor embed(const at::Tensor& pixels) const;
  at::Tensor post_norm(const at::Tensor& x) const { return post_norm_.forward(x); }
  const sdk::nn::Transformer& transformer() const { return transformer_; }
  const sdk::nn::AttentionPooling& head() const { return head_; }

 private:
  VisionConfig config_;
  at::Tensor patch_weight_, patch_bias_;
  sdk::nn::Embedding position_;
  sdk::nn::Transformer transformer_;
  sdk::nn::LayerNorm post_norm_;
  sdk::nn::AttentionPooling head_;
};

class TextTower {
 public:
  explicit TextTower(const TextConfig& config);
  void declare(sdk::nn::ParameterList& list);
  /// ids [m, length] (int64), all of them seen, padding too -> the projected last position, [m, projection].
  at::Tensor forward(const at::Tensor& ids) const;

  at::Tensor embed(const at::Tensor& ids) const;
  at::Tensor final_norm(const at::Tensor& x) const { return final_norm_.forward(x); }
  const sdk::nn::Transformer& transformer() const { return transformer_; }

 private:
  TextConfig config_;
  sdk::nn::Embedding token_, position_;
  sdk::nn::Transformer transformer_;
  sdk::nn::LayerNorm final_norm_;
  sdk::nn::Linear head_;
};

}  // namespace medvlm::siglip
