// The two towers of CLIP: a vision transformer and a causal text transformer.
#pragma once

#include <vector>

#include "clip_config.hpp"

namespace medvlm::clip {

class VisionTower {
 public:
  explicit VisionTower(const VisionConfig& config);
  void declare(sdk::nn::ParameterList& list);
  /// pixels [n, 3, size, size] -> the class token after the last norm, [n, width].
  at::Tensor forward(const at::Tensor& pixels) const;

  /// Patch, class and position embeddings, before the first norm: [n, 1 + grid^2, width].
  at::Tensor embed(const at::Tensor& pixels) const;
  at::Tensor pre_norm(const at::Tensor& embedded) const { return pre_norm_.forward(embedded); }
  const sdk::nn::Transformer& transformer() const { return transformer_; }

 private:
  VisionConfig config_;
  at::Tensor class_token_, patch_weight_;
  sdk::nn::Embedding position_;
  sdk::nn::LayerNorm pre_norm_, post_norm_;
  sdk::nn::Transformer transformer_;
};

class TextTower {
 public:
  explicit TextTower(const TextConfig& config);
  void declare(sdk::nn::ParameterList& list);
  /// ids and mask [m, length] (int64; mask 1 = token, 0 = padding) -> the end token's state, [m, width].
  at::Tensor forward(const at::Tensor& ids, const at::Tensor& mask) const;

  at::Tensor embed(const at::Tensor& ids) const;
  at::Tensor final_norm(const at::Tensor& x) const { return final_norm_.forward(x); }
  const sdk::nn::Transformer& transformer() const { return transformer_; }

 private:
  at::Tensor end_positions(const at::Tensor& ids) const;

  TextConfig config_;
  sdk::nn::Embedding token_, position_;
  sdk::nn::LayerNorm final_norm_;
  sdk::nn::Transformer transformer_;
};

/// The additive attention mask for padded causal text: [m, 1, length, length]; undefined if nothing is padded.
at::Tensor causal_padding_mask(const at::Tensor& mask, at::ScalarType dtype);

}  // namespace medvlm::clip
