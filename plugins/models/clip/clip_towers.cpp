#include "clip_towers.hpp"

#include <ATen/ATen.h>

#include <limits>

#include "medvlm/sdk/nn/patch_embedding.hpp"

namespace medvlm::clip {

VisionTower::VisionTower(const VisionConfig& config)
    : config_(config),
      position_(config.grid() * config.grid() + 1, config.transformer.width),
      pre_norm_(config.transformer.width, config.transformer.epsilon),
      post_norm_(config.transformer.width, config.transformer.epsilon),
      transformer_(config.transformer) {}

void VisionTower::declare(sdk::nn::ParameterList& list) {
  const std::int64_t width = config_.transformer.width;
  const std::int64_t patch = config_.patch_size;
  list.add("vision_model.embeddings.class_embedding", {width}, class_token_);
  list.add("vision_model.embeddings.patch_embedding.weight", {width, config_.channels, patch, patch}, patch_weight_);
  position_.declare(list, "vision_model.embeddings.position_embedding");
  pre_norm_.declare(list, "vision_model.pre_layrnorm");  // the published name has this spelling
  transformer_.declare(list, "vision_model.encoder.layers");
  post_norm_.declare(list, "vision_model.post_layernorm");
}

at::Tensor VisionTower::embed(const at::Tensor& pixels) const {
  const std::int64_t n = pixels.size(0);
  const std::int64_t width = config_.transformer.width;
  const at::Tensor embedded = sdk::nn::embed_patches(pixels, patch_weight_);
  const at::Tensor tokens = at::cat({class_token_.expand({n, 1, width}), embedded}, 1);
  const at::Tensor index = at::arange(tokens.size(1), at::TensorOptions(at::kLong).device(pixels.device()));
  return tokens + position_.forward(index);
}

at::Tensor VisionTower::forward(const at::Tensor& pixels) const {
  const at::Tensor states = transformer_.forward(pre_norm(embed(pixels)), false, {}, 1);
  return post_norm_.forward(states.select(1, 0));
}

TextTower::TextTower(const TextConfig& config)
    : config_(config),
      token_(config.vocabulary, config.transformer.width),
      position_(config.positions, config.transformer.width),
      final_norm_(config.transformer.width, config.transformer.epsilon),
      transformer_(config.transformer) {}

void TextTower::declare(sdk::nn::ParameterList& list) {
  token_.declare(list, "text_model.embeddings.token_embedding");
  position_.declare(list, "text_model.embeddings.position_embedding");
  transformer_.declare(list, "text_model.encoder.layers");
  final_norm_.declare(list, "text_model.final_layer_norm");
}

at::Tensor TextTower::embed(const at::Tensor& ids) const {
  const at::Tensor index = at::arange(ids.size(1), at::TensorOptions(at::kLong).device(ids.device()));
  return token_.forward(ids) + position_.forward(index);
}

at::Tensor TextTower::end_positions(const at::Tensor& ids) const {
  // Checkpoints made before the library knew the end token say 2; for them the end token is the one of highest id.
  if (config_.eos_token == 2) return ids.argmax(1);
  return (ids == config_.eos_token).to(at::kInt).argmax(1);
}

at::Tensor TextTower::forward(const at::Tensor& ids, const at::Tensor& mask) const {
  const at::Tensor embedded = embed(ids);
  const at::Tensor states =
      final_norm(transformer_.forward(embedded, true, causal_padding_mask(mask, embedded.scalar_type())));
  const at::Tensor rows = at::arange(ids.size(0), at::TensorOptions(at::kLong).device(ids.device()));
  return states.index({rows, end_positions(ids)});
}

at::Tensor causal_padding_mask(const at::Tensor& mask, at::ScalarType dtype) {
  if (mask.all().item<bool>()) return {};
  const std::int64_t length = mask.size(1);
  const at::Tensor causal = at::ones({length, length}, mask.options().dtype(at::kBool)).tril();
  const at::Tensor allowed = mask.to(at::kBool).unsqueeze(1).unsqueeze(1) & causal;
  return at::zeros(allowed.sizes(), mask.options().dtype(dtype))
      .masked_fill(allowed.logical_not(), -std::numeric_limits<double>::infinity());
}

}  // namespace medvlm::clip
