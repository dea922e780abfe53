// BERT (Devlin et al., 2019): the post-norm transformer encoder of text, and its parts for models built from them.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "medvlm/sdk/checkpoint/hf_config.hpp"
#include "medvlm/sdk/nn/transformer.hpp"

namespace medvlm::sdk::nn {

/// Sizes of a BERT; the defaults are those of the reference library.
struct BertShape {
  TransformerShape transformer{768, 3072, 12, 12, 1e-12, Activation::gelu};
  std::int64_t vocabulary = 30522;
  std::int64_t positions = 512;
  std::int64_t types = 2;    ///< kinds of segments; 0: no such embedding
  bool pooler = true;        ///< has the tanh layer over the first token
};

/// From a config.json of model type "bert" (or an object of the same keys within another). Throws Error(checkpoint) that
/// names file and key.
MEDVLM_API BertShape read_bert_shape(const HfConfig& config);

/// Attention with its output projection, residual and norm: norm(x + dense(attention(x, source))).
class MEDVLM_API BertAttention {
 public:
  /// `source_width`: of what keys and values are made from.
  BertAttention(std::int64_t width, std::int64_t source_width, std::int64_t heads, double epsilon);
  /// Declares `name.inner.query`, `.key`, `.value`, `name.output.dense`, `name.output.LayerNorm`.
  void declare(ParameterList& list, const std::string& name, const std::string& inner = "self");
  /// x [n, tokens, width], source [n, others, source_width], mask additive, broadcast to [n, heads, tokens, others], or
  /// undefined -> [n, tokens, width].
  at::Tensor forward(const at::Tensor& x, const at::Tensor& source, const at::Tensor& mask = {}) const;

 private:
  std::int64_t heads_;
  Linear query_, key_, value_, dense_;
  LayerNorm norm_;
};

/// norm(x + dense(activation(dense(x)))).
class MEDVLM_API BertFeedForward {
 public:
  explicit BertFeedForward(const TransformerShape& shape);
  /// Declares `<intermediate>.dense`, `<output>.dense` and `<output>.LayerNorm`.
  void declare(ParameterList& list, const std::string& intermediate, const std::string& output);
  at::Tensor forward(const at::Tensor& x) const;

 private:
  Activation activation_;
  Linear up_, down_;
  LayerNorm norm_;
};

class MEDVLM_API BertLayer {
 public:
  explicit BertLayer(const TransformerShape& shape);
  /// Declares `name.attention`, `name.intermediate`, `name.output`.
  void declare(ParameterList& list, const std::string& name);
  /// x [n, tokens, width]; mask as for BertAttention.
  at::Tensor forward(const at::Tensor& x, const at::Tensor& mask = {}) const;

 private:
  BertAttention attention_;
  BertFeedForward feed_forward_;
};

/// norm(word + position + segment).
class MEDVLM_API BertEmbeddings {
 public:
  explicit BertEmbeddings(const BertShape& shape);
  /// Declares `name.word_embeddings`, `.position_embeddings`, `.token_type_embeddings`, `.LayerNorm`.
  void declare(ParameterList& list, const std::string& name);
  /// ids [n, length], int64 -> [n, length, width]. All tokens belong to segment 0. Throws Error(data) if `length` exceeds
  /// the positions. Ids must be below the vocabulary's size.
  at::Tensor forward(const at::Tensor& ids) const;

 private:
  Embedding word_, position_;
  std::optional<Embedding> type_;
  LayerNorm norm_;
};

/// The whole encoder. Does not move or copy: its layers hand out their addresses.
class MEDVLM_API Bert {
 public:
  explicit Bert(const BertShape& shape);
  Bert(const Bert&) = delete;
  Bert& operator=(const Bert&) = delete;
  /// Declares `prefix` + "embeddings", "encoder.layer.N", and "pooler.dense" if the shape has it (loaded, counted and
  /// adaptable; forward() stops before it). The prefix is empty or ends with a dot.
  void declare(ParameterList& list, const std::string& prefix);
  /// ids and mask [n, length], int64; mask 1 = token, 0 = padding, or undefined -> the last layer's states,
  /// [n, length, width].
  at::Tensor forward(const at::Tensor& ids, const at::Tensor& mask = {}) const;
  /// What the embeddings and each of the layers make: layers + 1 tensors.
  std::vector<at::Tensor> hidden_states(const at::Tensor& ids, const at::Tensor& mask = {}) const;
  /// tanh(dense(first token)) of the last states: [n, width]. Only with BertShape::pooler.
  at::Tensor pool(const at::Tensor& states) const;

  const BertEmbeddings& embeddings() const { return embeddings_; }
  const std::deque<BertLayer>& layers() const { return layers_; }

 private:
  BertEmbeddings embeddings_;
  std::deque<BertLayer> layers_;
  std::optional<Linear> pooler_;
};

/// The additive attention mask of padded texts: mask [n, length] (1 = token, 0 = padding) -> [n, 1, 1, length];
/// undefined if nothing is padded or `mask` is undefined.
MEDVLM_API at::Tensor padding_mask(const at::Tensor& mask, at::ScalarType dtype);

}  // namespace medvlm::sdk::nn
