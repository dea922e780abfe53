// The pre-norm transformer block of CLIP-like towers: attention and MLP, with the activations they use.
#pragma once

#include <deque>
#include <string>

#include "medvlm/sdk/nn/layers.hpp"

namespace medvlm::sdk::nn {

enum class Activation { quick_gelu, gelu, gelu_tanh, relu, silu };

/// From the name in a Hugging Face config ("quick_gelu", "gelu", "gelu_pytorch_tanh", ...). Throws Error(checkpoint)
/// that lists the known names.
MEDVLM_API Activation activation_from_name(const std::string& name);

/// Applies the activation; overwrites `x` unless gradients flow through it.
MEDVLM_API at::Tensor activate(at::Tensor x, Activation activation);

/// x + y, into y where nobody differentiates through either: y must be a fresh result.
MEDVLM_API at::Tensor add_residual(const at::Tensor& x, at::Tensor y);

/// Sizes of a transformer tower.
struct TransformerShape {
  std::int64_t width = 0;
  std::int64_t hidden = 0;   ///< of the MLP
  std::int64_t heads = 0;
  std::int64_t layers = 0;
  double epsilon = 1e-5;     ///< of the layer norms
  Activation activation = Activation::quick_gelu;
};

/// Multi-head self-attention with separate q, k, v and output projections.
class MEDVLM_API SelfAttention {
 public:
  SelfAttention(std::int64_t width, std::int64_t heads);
  /// Declares `name.q_proj`, `name.k_proj`, `name.v_proj`, `name.out_proj`.
  void declare(ParameterList& list, const std::string& name);
  /// x [n, tokens, width]. `causal`: a token sees itself and those before it. `mask`: additive, broadcast to
  /// [n, heads, tokens, tokens], or undefined. `queries` > 0: only the first so many tokens ask, the result is
  /// [n, queries, width]; exact, because tokens do not influence each other's queries.
  at::Tensor forward(const at::Tensor& x, bool causal, const at::Tensor& mask = {}, std::int64_t queries = 0) const;

 private:
  std::int64_t heads_;
  Linear query_, key_, value_, output_;
};

/// The two linear layers of a block with an activation between them.
class MEDVLM_API Mlp {
 public:
  explicit Mlp(const TransformerShape& shape);
  /// Declares both layers by their names.
  void declare(ParameterList& list, const std::string& first, const std::string& second);
  /// [..., width] -> [..., width]
  at::Tensor forward(const at::Tensor& x) const;

 private:
  Activation activation_;
  Linear fc1_, fc2_;
};

/// x + attention(norm(x)), then x + mlp(norm(x)).
class MEDVLM_API TransformerBlock {
 public:
  explicit TransformerBlock(const TransformerShape& shape);
  /// Declares Hugging Face's names: `layer_norm1`, `self_attn`, `layer_norm2`, `mlp.fc1`, `mlp.fc2` below `name`.
  void declare(ParameterList& list, const std::string& name);
  /// As SelfAttention::forward; with `queries` > 0 the result has only those tokens.
  at::Tensor forward(const at::Tensor& x, bool causal, const at::Tensor& mask = {}, std::int64_t queries = 0) const;

 private:
  LayerNorm norm1_, norm2_;
  SelfAttention attention_;
  Mlp mlp_;
};

/// A stack of blocks. Does not move or copy: its blocks hand out their addresses.
class MEDVLM_API Transformer {
 public:
  explicit Transformer(const TransformerShape& shape);
  /// Declares the blocks as `name.0`, `name.1`, ...
  void declare(ParameterList& list, const std::string& name);
  /// x [n, tokens, width]. `needed` > 0: only the first so many tokens of the result are wanted, which spares the last
  /// block most of its work (a class token needs no MLP of the other tokens). Heeds GradientCheckpointing.
  at::Tensor forward(at::Tensor x, bool causal, const at::Tensor& mask = {}, std::int64_t needed = 0) const;
  /// The output of every block, for conformance tests.
  std::vector<at::Tensor> hidden_states(at::Tensor x, bool causal, const at::Tensor& mask = {}) const;

 private:
  std::deque<TransformerBlock> blocks_;
};

}  // namespace medvlm::sdk::nn
