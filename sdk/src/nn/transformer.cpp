#include "medvlm/sdk/nn/transformer.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "medvlm/base/error.hpp"
#include "medvlm/base/options.hpp"
#include "medvlm/sdk/nn/checkpointing.hpp"

namespace medvlm::sdk::nn {
namespace {

/// At most so many rows of the MLP's hidden layer are computed together on the CPU, so that they stay in the cache between
/// the two products. Fixed, so that results do not depend on the machine.
constexpr std::int64_t kMlpRows = 512;

/// `x` may be overwritten: nobody differentiates through it.
bool may_overwrite(const at::Tensor& x) { return !(c10::GradMode::is_enabled() && x.requires_grad()); }

}  // namespace

at::Tensor add_residual(const at::Tensor& x, at::Tensor y) {
  return may_overwrite(y) && may_overwrite(x) ? y.add_(x) : x + y;
}

Activation activation_from_name(const std::string& name) {
  static const std::vector<std::pair<std::string, Activation>> kNames = {
      {"quick_gelu", Activation::quick_gelu},          {"gelu", Activation::gelu},
      {"gelu_pytorch_tanh", Activation::gelu_tanh},    {"gelu_new", Activation::gelu_tanh},
      {"relu", Activation::relu},                      {"silu", Activation::silu},
      {"swish", Activation::silu}};
  std::vector<std::string> known;
  for (const auto& [text, activation] : kNames) {
    if (text == name) return activation;
    known.push_back(text);
  }
  throw Error(ErrorCode::checkpoint, "unknown activation '" + name + "'" + suggestion(name, known));
}

at::Tensor activate(at::Tensor x, Activation activation) {
  const bool in_place = may_overwrite(x);
  switch (activation) {
    case Activation::quick_gelu:  // x * sigmoid(1.702 x)
      return in_place ? x.mul_(at::mul(x, 1.702).sigmoid_()) : x * at::sigmoid(1.702 * x);
    case Activation::gelu: return in_place ? at::gelu_(x) : at::gelu(x);
    case Activation::gelu_tanh: return in_place ? at::gelu_(x, "tanh") : at::gelu(x, "tanh");
    case Activation::relu: return in_place ? at::relu_(x) : at::relu(x);
    case Activation::silu: return in_place ? at::silu_(x) : at::silu(x);
  }
  return x;
}

SelfAttention::SelfAttention(std::int64_t width, std::int64_t heads)
    : heads_(heads), query_(width, width), key_(width, width), value_(width, width), output_(width, width) {}

void SelfAttention::declare(ParameterList& list, const std::string& name) {
  query_.declare(list, name + ".q_proj");
  key_.declare(list, name + ".k_proj");
  value_.declare(list, name + ".v_proj");
  output_.declare(list, name + ".out_proj");
}

at::Tensor SelfAttention::forward(const at::Tensor& x, bool causal, const at::Tensor& mask,
                                  std::int64_t queries) const {
  const std::int64_t n = x.size(0);
  const std::int64_t width = x.size(2);
  auto split = [&](const at::Tensor& projected) {
    return projected.view({n, projected.size(1), heads_, width / heads_}).transpose(1, 2);
  };
  const at::Tensor asking = queries > 0 ? x.narrow(1, 0, queries).contiguous() : x;
  const at::Tensor q = split(query_.forward(asking));
  const at::Tensor k = split(key_.forward(x));
  const at::Tensor v = split(value_.forward(x));
  const at::Tensor mixed = at::scaled_dot_product_attention(
      q, k, v, mask.defined() ? std::optional(mask) : std::nullopt, 0.0, causal && !mask.defined());
  return output_.forward(mixed.transpose(1, 2).reshape({n, asking.size(1), width}));
}

Mlp::Mlp(const TransformerShape& shape)
    : activation_(shape.activation), fc1_(shape.width, shape.hidden), fc2_(shape.hidden, shape.width) {}

void Mlp::declare(ParameterList& list, const std::string& first, const std::string& second) {
  fc1_.declare(list, first);
  fc2_.declare(list, second);
}

at::Tensor Mlp::forward(const at::Tensor& x) const {
  auto whole = [&](const at::Tensor& rows) { return fc2_.forward(activate(fc1_.forward(rows), activation_)); };
  const at::Tensor rows = x.reshape({-1, x.size(-1)});
  if (!x.is_cpu() || c10::GradMode::is_enabled() || rows.size(0) <= kMlpRows) return whole(x);
  // Equal parts: a short last one would use the processor badly.
  const std::int64_t parts = (rows.size(0) + kMlpRows - 1) / kMlpRows;
  const std::int64_t step = (rows.size(0) + parts - 1) / parts;
  at::Tensor result = at::empty_like(rows);
  for (std::int64_t start = 0; start < rows.size(0); start += step) {
    const std::int64_t count = std::min(step, rows.size(0) - start);
    result.narrow(0, start, count).copy_(whole(rows.narrow(0, start, count)));
  }
  return result.view(x.sizes());
}

TransformerBlock::TransformerBlock(const TransformerShape& shape)
    : norm1_(shape.width, shape.epsilon),
      norm2_(shape.width, shape.epsilon),
      attention_(shape.width, shape.heads),
      mlp_(shape) {}

void TransformerBlock::declare(ParameterList& list, const std::string& name) {
  attention_.declare(list, name + ".self_attn");
  norm1_.declare(list, name + ".layer_norm1");
  mlp_.declare(list, name + ".mlp.fc1", name + ".mlp.fc2");
  norm2_.declare(list, name + ".layer_norm2");
}

at::Tensor TransformerBlock::forward(const at::Tensor& x, bool causal, const at::Tensor& mask,
                                     std::int64_t queries) const {
  const at::Tensor kept = queries > 0 ? x.narrow(1, 0, queries) : x;
  const at::Tensor attended = add_residual(kept, attention_.forward(norm1_.forward(x), causal, mask, queries));
  return add_residual(attended, mlp_.forward(norm2_.forward(attended)));
}

Transformer::Transformer(const TransformerShape& shape) {
  for (std::int64_t i = 0; i < shape.layers; ++i) blocks_.emplace_back(shape);
}

void Transformer::declare(ParameterList& list, const std::string& name) {
  for (std::size_t i = 0; i < blocks_.size(); ++i) blocks_[i].declare(list, name + "." + std::to_string(i));
}

at::Tensor Transformer::forward(at::Tensor x, bool causal, const at::Tensor& mask, std::int64_t needed) const {
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const TransformerBlock& block = blocks_[i];
    const std::int64_t queries = i + 1 == blocks_.size() ? needed : 0;
    x = checkpointed(
        [&block, causal, mask, queries](const at::Tensor& in) { return block.forward(in, causal, mask, queries); }, x);
  }
  return x;
}

std::vector<at::Tensor> Transformer::hidden_states(at::Tensor x, bool causal, const at::Tensor& mask) const {
  std::vector<at::Tensor> states;
  for (const TransformerBlock& block : blocks_) {
    x = block.forward(x, causal, mask);
    states.push_back(x);
  }
  return states;
}

}  // namespace medvlm::sdk::nn
