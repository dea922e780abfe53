#include "medvlm/sdk/nn/bert.hpp"

#include <ATen/ATen.h>

#include <limits>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::sdk::nn {

BertShape read_bert_shape(const HfConfig& config) {
  BertShape shape;
  shape.transformer = read_transformer_shape(config, shape.transformer);
  if (const auto kind = config.text("position_embedding_type", "absolute"); kind != "absolute") {
    config.fail("position_embedding_type", "is '" + kind + "', but only 'absolute' is supported");
  }
  shape.vocabulary = positive_integer(config, "vocab_size", shape.vocabulary);
  shape.positions = positive_integer(config, "max_position_embeddings", shape.positions);
  shape.types = positive_integer(config, "type_vocab_size", shape.types);
  return shape;
}

BertAttention::BertAttention(std::int64_t width, std::int64_t source_width, std::int64_t heads, double epsilon)
    : heads_(heads),
      query_(width, width),
      key_(source_width, width),
      value_(source_width, width),
      dense_(width, width),
      norm_(width, epsilon) {}

void BertAttention::declare(ParameterList& list, const std::string& name, const std::string& inner) {
  query_.declare(list, name + "." + inner + ".query");
  key_.declare(list, name + "." + inner + ".key");
  value_.declare(list, name + "." + inner + ".value");
  dense_.declare(list, name + ".output.dense");
  norm_.declare(list, name + ".output.LayerNorm");
}

at::Tensor BertAttention::forward(const at::Tensor& x, const at::Tensor& source, const at::Tensor& mask) const {
  const std::int64_t n = x.size(0);
  const std::int64_t width = x.size(2);
  auto split = [&](const at::Tensor& projected) {
    return projected.view({n, projected.size(1), heads_, width / heads_}).transpose(1, 2);
  };
  const at::Tensor mixed =
      at::scaled_dot_product_attention(split(query_.forward(x)), split(key_.forward(source)),
                                       split(value_.forward(source)), mask.defined() ? std::optional(mask) : std::nullopt);
  return norm_.forward(x + dense_.forward(mixed.transpose(1, 2).reshape({n, x.size(1), width})));
}

BertFeedForward::BertFeedForward(const TransformerShape& shape)
    : activation_(shape.activation),
      up_(shape.width, shape.hidden),
      down_(shape.hidden, shape.width),
      norm_(shape.width, shape.epsilon) {}

void BertFeedForward::declare(ParameterList& list, const std::string& intermediate, const std::string& output) {
  up_.declare(list, intermediate + ".dense");
  down_.declare(list, output + ".dense");
  norm_.declare(list, output + ".LayerNorm");
}

at::Tensor BertFeedForward::forward(const at::Tensor& x) const {
  return norm_.forward(x + down_.forward(activate(up_.forward(x), activation_)));
}

BertLayer::BertLayer(const TransformerShape& shape)
    : attention_(shape.width, shape.width, shape.heads, shape.epsilon), feed_forward_(shape) {}

void BertLayer::declare(ParameterList& list, const std::string& name) {
  attention_.declare(list, name + ".attention");
  feed_forward_.declare(list, name + ".intermediate", name + ".output");
}

at::Tensor BertLayer::forward(const at::Tensor& x, const at::Tensor& mask) const {
  return feed_forward_.forward(attention_.forward(x, x, mask));
}

BertEmbeddings::BertEmbeddings(const BertShape& shape)
    : word_(shape.vocabulary, shape.transformer.width),
      position_(shape.positions, shape.transformer.width),
      norm_(shape.transformer.width, shape.transformer.epsilon) {
  if (shape.types > 0) type_.emplace(shape.types, shape.transformer.width);
}

void BertEmbeddings::declare(ParameterList& list, const std::string& name) {
  word_.declare(list, name + ".word_embeddings");
  position_.declare(list, name + ".position_embeddings");
  if (type_) type_->declare(list, name + ".token_type_embeddings");
  norm_.declare(list, name + ".LayerNorm");
}

at::Tensor BertEmbeddings::forward(const at::Tensor& ids) const {
  if (ids.size(1) > position_.count()) {
    throw Error(ErrorCode::data, "a text of " + std::to_string(ids.size(1)) + " tokens exceeds the " +
                                     std::to_string(position_.count()) + " positions of the text encoder");
  }
  at::Tensor sum = word_.forward(ids);
  if (type_) sum = sum + type_->forward(at::zeros_like(ids));
  sum = sum + position_.forward(at::arange(ids.size(1), ids.options()));
  return norm_.forward(sum);
}

Bert::Bert(const BertShape& shape) : embeddings_(shape) {
  for (std::int64_t i = 0; i < shape.transformer.layers; ++i) layers_.emplace_back(shape.transformer);
  if (shape.pooler) pooler_.emplace(shape.transformer.width, shape.transformer.width);
}

void Bert::declare(ParameterList& list, const std::string& prefix) {
  embeddings_.declare(list, prefix + "embeddings");
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    layers_[i].declare(list, prefix + "encoder.layer." + std::to_string(i));
  }
  if (pooler_) pooler_->declare(list, prefix + "pooler.dense");
}

at::Tensor Bert::forward(const at::Tensor& ids, const at::Tensor& mask) const {
  at::Tensor x = embeddings_.forward(ids);
  const at::Tensor hidden = padding_mask(mask, x.scalar_type());
  for (const BertLayer& layer : layers_) x = layer.forward(x, hidden);
  return x;
}

std::vector<at::Tensor> Bert::hidden_states(const at::Tensor& ids, const at::Tensor& mask) const {
  std::vector<at::Tensor> states{embeddings_.forward(ids)};
  const at::Tensor hidden = padding_mask(mask, states.front().scalar_type());
  for (const BertLayer& layer : layers_) states.push_back(layer.forward(states.back(), hidden));
  return states;
}

at::Tensor Bert::pool(const at::Tensor& states) const {
  if (!pooler_) throw Error(ErrorCode::internal, "Bert::pool: this BERT was made without a pooler");
  return pooler_->forward(states.select(1, 0)).tanh();
}

at::Tensor padding_mask(const at::Tensor& mask, at::ScalarType dtype) {
  if (!mask.defined() || mask.all().item<bool>()) return {};
  const at::Tensor hidden = mask.eq(0).unsqueeze(1).unsqueeze(1);
  return at::zeros(hidden.sizes(), mask.options().dtype(dtype))
      .masked_fill(hidden, -std::numeric_limits<double>::infinity());
}

}  // namespace medvlm::sdk::nn
