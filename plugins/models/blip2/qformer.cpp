#include "qformer.hpp"

#include <ATen/ATen.h>

namespace medvlm::blip2 {

QFormerLayer::QFormerLayer(const QFormerConfig& config, bool cross_attention)
    : attention_(config.transformer.width, config.transformer.width, config.transformer.heads, config.transformer.epsilon),
      text_forward_(config.transformer),
      query_forward_(config.transformer) {
  if (!cross_attention) return;
  cross_attention_.emplace(config.transformer.width, config.image_width, config.transformer.heads,
                           config.transformer.epsilon);
}

void QFormerLayer::declare(sdk::nn::ParameterList& list, const std::string& name) {
  attention_.declare(list, name + ".attention", "attention");
  if (cross_attention_) cross_attention_->declare(list, name + ".crossattention", "attention");
  text_forward_.declare(list, name + ".intermediate", name + ".output");
  query_forward_.declare(list, name + ".intermediate_query", name + ".output_query");
}

at::Tensor QFormerLayer::look(const at::Tensor& queries, const at::Tensor& image) const {
  // All rows that look at one image are put side by side: its keys and values are made once. Exact, because queries do
  // not see each other in cross-attention.
  const at::Tensor folded = queries.reshape({image.size(0), -1, queries.size(2)});
  return cross_attention_->forward(folded, image).view(queries.sizes());
}

at::Tensor QFormerLayer::forward(const at::Tensor& x, std::int64_t queries, const at::Tensor& image,
                                 const at::Tensor& mask) const {
  const at::Tensor attended = attention_.forward(x, x, mask);
  if (queries == 0) return text_forward_.forward(attended);
  at::Tensor asking = attended.narrow(1, 0, queries);
  if (cross_attention_) asking = look(asking, image);
  asking = query_forward_.forward(asking);
  const std::int64_t texts = x.size(1) - queries;
  return texts == 0 ? asking : at::cat({asking, text_forward_.forward(attended.narrow(1, queries, texts))}, 1);
}

QFormer::QFormer(const QFormerConfig& config) : norm_(config.transformer.width, config.transformer.epsilon) {
  for (std::int64_t i = 0; i < config.transformer.layers; ++i) layers_.emplace_back(config, i % config.cross_attention == 0);
}

void QFormer::declare(sdk::nn::ParameterList& list, const std::string& name) {
  norm_.declare(list, name + ".layernorm");
  for (std::size_t i = 0; i < layers_.size(); ++i) layers_[i].declare(list, name + ".encoder.layer." + std::to_string(i));
}

std::vector<at::Tensor> QFormer::hidden_states(const at::Tensor& x, std::int64_t queries, const at::Tensor& image,
                                               const at::Tensor& mask) const {
  std::vector<at::Tensor> states{norm_.forward(x)};
  const at::Tensor additive = sdk::nn::padding_mask(mask, x.scalar_type());
  for (const QFormerLayer& layer : layers_) states.push_back(layer.forward(states.back(), queries, image, additive));
  return states;
}

at::Tensor QFormer::forward(const at::Tensor& x, std::int64_t queries, const at::Tensor& image,
                            const at::Tensor& mask) const {
  const at::Tensor additive = sdk::nn::padding_mask(mask, x.scalar_type());
  at::Tensor states = norm_.forward(x);
  for (const QFormerLayer& layer : layers_) states = layer.forward(states, queries, image, additive);
  return states;
}

}  // namespace medvlm::blip2
