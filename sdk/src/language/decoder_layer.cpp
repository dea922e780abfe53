#include "decoder_layer.hpp"

#include <cmath>

#include <ATen/ATen.h>

namespace medvlm::sdk::language {
namespace {

/// [n, t, heads * width] -> [n, heads, t, width]
at::Tensor split_heads(const at::Tensor& x, std::int64_t heads, std::int64_t width) {
  return x.view({x.size(0), x.size(1), heads, width}).transpose(1, 2);
}

}  // namespace

DecoderLayer::DecoderLayer(const DecoderShape& shape, std::int64_t index)
    : shape_(shape),
      index_(index),
      sliding_(!shape.sliding.empty() && shape.sliding.at(static_cast<std::size_t>(index))),
      scale_(shape.attention_scale > 0 ? shape.attention_scale : 1 / std::sqrt(static_cast<double>(shape.head_width))),
      query_(shape.width, shape.heads * shape.head_width, shape.qkv_bias),
      key_(shape.width, shape.kv_heads * shape.head_width, shape.qkv_bias),
      value_(shape.width, shape.kv_heads * shape.head_width, shape.qkv_bias),
      output_(shape.heads * shape.head_width, shape.width, false),
      gate_(shape.width, shape.hidden, false),
      up_(shape.width, shape.hidden, false),
      down_(shape.hidden, shape.width, false),
      query_norm_(shape.head_width, shape.epsilon, shape.norm_adds_one),
      key_norm_(shape.head_width, shape.epsilon, shape.norm_adds_one),
      before_attention_(shape.width, shape.epsilon, shape.norm_adds_one),
      after_attention_(shape.width, shape.epsilon, shape.norm_adds_one),
      before_mlp_(shape.width, shape.epsilon, shape.norm_adds_one),
      after_mlp_(shape.width, shape.epsilon, shape.norm_adds_one) {}

void DecoderLayer::declare(nn::ParameterList& list, const std::string& name) {
  before_attention_.declare(list, name + ".input_layernorm");
  query_.declare(list, name + ".self_attn.q_proj");
  key_.declare(list, name + ".self_attn.k_proj");
  value_.declare(list, name + ".self_attn.v_proj");
  output_.declare(list, name + ".self_attn.o_proj");
  if (shape_.query_key_norm) {
    query_norm_.declare(list, name + ".self_attn.q_norm");
    key_norm_.declare(list, name + ".self_attn.k_norm");
  }
  // With norms after attention and MLP, the name of the norm before the MLP goes to the one after the attention.
  if (shape_.norms_after) {
    after_attention_.declare(list, name + ".post_attention_layernorm");
    before_mlp_.declare(list, name + ".pre_feedforward_layernorm");
    after_mlp_.declare(list, name + ".post_feedforward_layernorm");
  } else {
    before_mlp_.declare(list, name + ".post_attention_layernorm");
  }
  gate_.declare(list, name + ".mlp.gate_proj");
  up_.declare(list, name + ".mlp.up_proj");
  down_.declare(list, name + ".mlp.down_proj");
}

at::Tensor DecoderLayer::attend_to(const at::Tensor& x, const Rotary& rotary, const Visibility& visibility,
                                   KeyValueCache& cache) const {
  at::Tensor queries = split_heads(query_.forward(x), shape_.heads, shape_.head_width);
  at::Tensor keys = split_heads(key_.forward(x), shape_.kv_heads, shape_.head_width);
  const at::Tensor values = split_heads(value_.forward(x), shape_.kv_heads, shape_.head_width);
  if (shape_.query_key_norm) {
    queries = query_norm_.forward(queries);
    keys = key_norm_.forward(keys);
  }
  queries = rotary.turn(queries);
  cache.append(index_, rotary.turn(keys), values);
  const at::Tensor mixed = attend(queries, cache, index_, visibility, scale_);
  return output_.forward(mixed.transpose(1, 2).reshape({x.size(0), x.size(1), -1}));
}

at::Tensor DecoderLayer::mlp(const at::Tensor& x) const {
  return down_.forward(nn::activate(gate_.forward(x), shape_.activation) * up_.forward(x));
}

at::Tensor DecoderLayer::forward(const at::Tensor& x, const Rotary& rotary, const Visibility& visibility,
                                 KeyValueCache& cache) const {
  at::Tensor attended = attend_to(before_attention_.forward(x), rotary, visibility, cache);
  if (shape_.norms_after) attended = after_attention_.forward(attended);
  const at::Tensor middle = nn::add_residual(x, attended);
  at::Tensor result = mlp(before_mlp_.forward(middle));
  if (shape_.norms_after) result = after_mlp_.forward(result);
  return nn::add_residual(middle, result);
}

}  // namespace medvlm::sdk::language
