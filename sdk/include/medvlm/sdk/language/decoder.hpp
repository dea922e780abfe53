// The causal transformer that writes text: Llama, Mistral, Qwen 2, Gemma 3 and what is built of the same parts.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "medvlm/sdk/checkpoint/hf_config.hpp"
#include "medvlm/sdk/language/key_value_cache.hpp"
#include "medvlm/sdk/language/rotary.hpp"
#include "medvlm/sdk/nn/layers.hpp"
#include "medvlm/sdk/nn/rms_norm.hpp"
#include "medvlm/sdk/nn/transformer.hpp"

namespace medvlm::sdk::language {

struct DecoderShape {
  std::int64_t width = 0;
  std::int64_t hidden = 0;      ///< of the gated MLP
  std::int64_t layers = 0;
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;    ///< keys and values are shared by heads / kv_heads queries
  std::int64_t head_width = 0;
  std::int64_t vocabulary = 0;
  std::int64_t context = 0;     ///< the most positions, question and answer together; 0: unknown
  double epsilon = 1e-6;
  nn::Activation activation = nn::Activation::silu;
  bool qkv_bias = false;
  bool tied_head = false;       ///< the output layer is the embedding table
  bool query_key_norm = false;  ///< queries and keys are normalised head by head (q_norm, k_norm)
  bool norm_adds_one = false;   ///< RmsNorm::adds_one
  bool norms_after = false;     ///< attention and MLP have a norm after them as well (Gemma's four norms)
  double embedding_scale = 1;   ///< of the text's embeddings, not of the images'
  double attention_scale = 0;   ///< of the scores; 0: head_width^-0.5
  RotarySettings rotary;
  // Sliding layers: a key is seen only by queries less than `window` places after it.
  std::vector<bool> sliding;    ///< per layer; empty: none
  std::int64_t window = 0;
  RotarySettings local_rotary;  ///< of sliding layers
  bool images_both_ways = false;  ///< the tokens of one image see each other whatever their order
};

/// What the reference library's LlamaConfig has where a key is absent.
MEDVLM_API DecoderShape llama_defaults();

/// The keys of LlamaConfig, MistralConfig and Qwen2Config: hidden_size, intermediate_size, num_hidden_layers,
/// num_attention_heads, num_key_value_heads, head_dim, vocab_size, rms_norm_eps, hidden_act, rope_theta, rope_scaling,
/// max_position_embeddings, tie_word_embeddings; absent ones as in `fallback` (its zeros mean: required).
/// Throws Error(checkpoint).
MEDVLM_API DecoderShape read_decoder_shape(const HfConfig& config, const DecoderShape& fallback);

/// What one pass over new tokens needs to know of them, for n rows of t tokens.
struct TokenBlock {
  at::Tensor embeddings;  ///< [n, t, width]
  at::Tensor positions;   ///< [n, t] or, with rotary sections, [3, n, t]; int64
  at::Tensor images;      ///< [n, t] int64: 0 for text, else the number of the image; undefined: no image matters
  at::Tensor padding;     ///< [n] int64: how many of the first tokens of each row are padding; undefined: none
};

class DecoderLayer;

/// Does not move or copy: its layers hand out their addresses.
class MEDVLM_API Decoder {
 public:
  explicit Decoder(const DecoderShape& shape);
  ~Decoder();
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  /// Declares `model.embed_tokens`, `model.layers.N.self_attn.q_proj` and so on, `model.norm`, and `head` (e.g. "lm_head")
  /// unless it is tied; `model` is e.g. "language_model.model".
  void declare(nn::ParameterList& list, const std::string& model, const std::string& head);

  /// ids [...] int64 -> [..., width], scaled, in `dtype`. Negative ids (places of images) give zeros.
  at::Tensor embed(const at::Tensor& ids, c10::ScalarType dtype) const;
  /// Runs the block after what the cache holds, appends its keys and values, and returns the normalised states
  /// [n, t, width]. Differentiable.
  at::Tensor forward(const TokenBlock& block, KeyValueCache& cache) const;
  /// The states of a block that nothing precedes and nothing follows, for training: nothing but what gradients need is kept,
  /// and nn::GradientCheckpointing is heeded. Differentiable.
  at::Tensor forward(const TokenBlock& block) const;
  /// States [..., width] -> logits [..., vocabulary].
  at::Tensor logits(const at::Tensor& states) const;
  const DecoderShape& shape() const { return shape_; }

 private:
  DecoderShape shape_;
  nn::Embedding embedding_;
  std::vector<std::unique_ptr<DecoderLayer>> layers_;
  nn::RmsNorm norm_;
  nn::Linear head_;
};

}  // namespace medvlm::sdk::language
