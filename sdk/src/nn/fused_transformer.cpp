#include "medvlm/sdk/nn/fused_transformer.hpp"

#include <ATen/ATen.h>

#include "medvlm/sdk/nn/checkpointing.hpp"

namespace medvlm::sdk::nn {

FusedBlock::FusedBlock(const TransformerShape& shape, const FusedBlockParts& parts)
    : width_(shape.width),
      heads_(shape.heads),
      layer_scale_(parts.layer_scale),
      norm1_(shape.width, shape.epsilon),
      norm2_(shape.width, shape.epsilon),
      in_(shape.width, 3 * shape.width, parts.in_bias),
      out_(shape.width, shape.width),
      mlp_(shape) {}

void FusedBlock::declare(ParameterList& list, const std::string& name, const FusedBlockNames& names) {
  const std::string at = name + ".";
  norm1_.declare(list, at + names.norm1);
  in_.declare(list, at + names.in_layer, at + names.in_weight, at + names.in_bias);
  out_.declare(list, at + names.out_layer);
  if (layer_scale_) list.add(at + names.scale1, {width_}, scale1_);
  norm2_.declare(list, at + names.norm2);
  mlp_.declare(list, at + names.fc1, at + names.fc2);
  if (layer_scale_) list.add(at + names.scale2, {width_}, scale2_);
}

at::Tensor FusedBlock::attend(const at::Tensor& x, bool causal, std::int64_t queries) const {
  const std::int64_t n = x.size(0);
  const std::int64_t tokens = x.size(1);
  const auto parts = in_.forward(x).view({n, tokens, 3, heads_, width_ / heads_}).permute({2, 0, 3, 1, 4}).unbind(0);
  const std::int64_t asking = queries > 0 ? queries : tokens;
  // What comes after the asking tokens is invisible to them if attention is causal.
  const at::Tensor q = parts[0].narrow(2, 0, asking);
  const at::Tensor k = causal ? parts[1].narrow(2, 0, asking) : parts[1];
  const at::Tensor v = causal ? parts[2].narrow(2, 0, asking) : parts[2];
  const at::Tensor mixed = at::scaled_dot_product_attention(q, k, v, std::nullopt, 0.0, causal);
  return out_.forward(mixed.transpose(1, 2).reshape({n, asking, width_}));
}

at::Tensor FusedBlock::forward(const at::Tensor& x, bool causal, std::int64_t queries) const {
  const at::Tensor kept = queries > 0 ? x.narrow(1, 0, queries) : x;
  at::Tensor y = attend(norm1_.forward(x), causal, queries);
  const at::Tensor attended = add_residual(kept, layer_scale_ ? y * scale1_ : y);
  y = mlp_.forward(norm2_.forward(attended));
  return add_residual(attended, layer_scale_ ? y * scale2_ : y);
}

FusedTransformer::FusedTransformer(const TransformerShape& shape, const FusedBlockParts& parts) {
  for (std::int64_t i = 0; i < shape.layers; ++i) blocks_.emplace_back(shape, parts);
}

void FusedTransformer::declare(ParameterList& list, const std::string& name, const FusedBlockNames& names) {
  for (std::size_t i = 0; i < blocks_.size(); ++i) blocks_[i].declare(list, name + "." + std::to_string(i), names);
}

at::Tensor FusedTransformer::forward(at::Tensor x, bool causal, std::int64_t needed) const {
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const FusedBlock& block = blocks_[i];
    const std::int64_t queries = i + 1 == blocks_.size() ? needed : 0;
    x = checkpointed([&block, causal, queries](const at::Tensor& in) { return block.forward(in, causal, queries); }, x);
  }
  return x;
}

std::vector<at::Tensor> FusedTransformer::hidden_states(at::Tensor x, bool causal) const {
  std::vector<at::Tensor> states;
  for (const FusedBlock& block : blocks_) {
    x = block.forward(x, causal);
    states.push_back(x);
  }
  return states;
}

}  // namespace medvlm::sdk::nn
