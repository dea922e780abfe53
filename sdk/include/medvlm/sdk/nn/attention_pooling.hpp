// Pooling by attention: a learnt question looks at all tokens and takes one vector home.
#pragma once

#include <string>

#include "medvlm/sdk/nn/layers.hpp"
#include "medvlm/sdk/nn/transformer.hpp"

namespace medvlm::sdk::nn {

/// a = attention(probe; x, x) with fused input projections (torch.nn.MultiheadAttention), then a + mlp(norm(a)). The
/// "MAP head" of Zhai et al., 2022 (Scaling Vision Transformers), as in SigLIP.
class MEDVLM_API AttentionPooling {
 public:
  explicit AttentionPooling(const TransformerShape& shape);
  /// Declares `name.probe`, `.attention.in_proj_weight`, `.attention.in_proj_bias`, `.attention.out_proj`, `.layernorm`,
  /// `.mlp.fc1`, `.mlp.fc2`. An update of the layer `attention.out_proj` has no effect until it is merged into the
  /// weight: the reference library's fused attention reads the weight past the layer, and so does this.
  void declare(ParameterList& list, const std::string& name);
  /// x [n, tokens, width] -> [n, width]
  at::Tensor forward(const at::Tensor& x) const;
  /// The attention alone: [n, 1, width].
  at::Tensor attend(const at::Tensor& x) const;

 private:
  std::int64_t width_, heads_;
  Activation activation_;
  at::Tensor probe_, in_weight_, in_bias_;
  Linear out_, fc1_, fc2_;
  LayerNorm norm_;
};

}  // namespace medvlm::sdk::nn
