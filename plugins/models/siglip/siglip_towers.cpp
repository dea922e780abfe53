#include "siglip_towers.hpp"

#include <ATen/ATen.h>

#include "medvlm/sdk/nn/patch_embedding.hpp"

namespace medvlm::siglip {
namespace {

at::Tensor positions(std::int64_t count, const at::Tensor& like) {
  return at::arange(count, at::TensorOptions(at::kLong).device(like.device()));
}

}  // namespace

VisionTower::VisionTower(const VisionConfig& config)
    : config_(config),
      position_(config.grid() * config.grid(), config.transformer.width),
      transformer_(config.transformer),
      post_norm_(config.transformer.width, config.transformer.epsilon),
      head_(config.transformer) {}

void VisionTower::declare(sdk::nn::ParameterList& list) {
  const std::int64_t width = config_.transformer.width;
  const std::int64_t patch = config_.patch_size;
  list.add("vision_model.embeddings.patch_embedding.weight", {width, 3, patch, patch}, patch_weight_);
  list.add("vision_model.embeddings.patch_embedding.bias", {width}, patch_bias_);
  position_.declare(list, "vision_model.embeddings.position_embedding");
  transformer_.declare(list, "vision_model.encoder.layers");
  post_norm_.declare(list, "vision_model.post_layernorm");
  head_.declare(list, "vision_model.head");
}

at::Tensor VisionTower::embed(const at::Tensor& pixels) const {
  const at::Tensor patches = sdk::nn::embed_patches(pixels, patch_weight_, patch_bias_);
  return patches + position_.forward(positions(patches.size(1), pixels));
}

at::Tensor VisionTower::forward(const at::Tensor& pixels) const {
  return head_.forward(post_norm(transformer_.forward(embed(pixels), false)));
}

TextTower::TextTower(const TextConfig& config)
    : config_(config),
      token_(config.vocabulary, config.transformer.width),
      position_(config.positions, config.transformer.width),
      transformer_(config.transformer),
      final_norm_(config.transformer.width, config.transformer.epsilon),
      head_(config.transformer.width, config.projection) {}

void TextTower::declare(sdk::nn::ParameterList& list) {
  token_.declare(list, "text_model.embeddings.token_embedding");
  position_.declare(list, "text_model.embeddings.position_embedding");
  transformer_.declare(list, "text_model.encoder.layers");
  final_norm_.declare(list, "text_model.final_layer_norm");
  head_.declare(list, "text_model.head");
}

at::Tensor TextTower::embed(const at::Tensor& ids) const {
  return token_.forward(ids) + position_.forward(positions(ids.size(1), ids));
}

at::Tensor TextTower::forward(const at::Tensor& ids) const {
  const at::Tensor states = final_norm(transformer_.forward(embed(ids), false));
  return head_.forward(states.select(1, states.size(1) - 1));
}

}  // namespace medvlm::siglip
