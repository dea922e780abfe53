#include "vision_tower.hpp"

#include <ATen/ATen.h>

#include "medvlm/sdk/nn/patch_embedding.hpp"

namespace medvlm::blip2 {
namespace {

sdk::nn::FusedBlockNames block_names() {
  sdk::nn::FusedBlockNames names;
  names.norm1 = "layer_norm1";
  names.in_layer = "self_attn.qkv";
  names.in_weight = "self_attn.qkv.weight";
  names.in_bias = "self_attn.qkv.bias";
  names.out_layer = "self_attn.projection";
  names.norm2 = "layer_norm2";
  return names;
}

sdk::nn::FusedBlockParts block_parts(const VisionConfig& config) {
  sdk::nn::FusedBlockParts parts;
  parts.in_bias = config.qkv_bias;
  return parts;
}

}  // namespace

VisionTower::VisionTower(const VisionConfig& config)
    : config_(config),
      transformer_(config.transformer, block_parts(config)),
      post_norm_(config.transformer.width, config.transformer.epsilon) {}

void VisionTower::declare(sdk::nn::ParameterList& list) {
  const std::int64_t width = config_.transformer.width;
  const std::int64_t patch = config_.patch_size;
  list.add("vision_model.embeddings.class_embedding", {1, 1, width}, class_token_);
  list.add("vision_model.embeddings.position_embedding", {1, 1 + config_.grid() * config_.grid(), width}, position_);
  list.add("vision_model.embeddings.patch_embedding.weight", {width, 3, patch, patch}, patch_weight_);
  list.add("vision_model.embeddings.patch_embedding.bias", {width}, patch_bias_);
  transformer_.declare(list, "vision_model.encoder.layers", block_names());
  post_norm_.declare(list, "vision_model.post_layernorm");
}

at::Tensor VisionTower::embed(const at::Tensor& pixels) const {
  const at::Tensor patches = sdk::nn::embed_patches(pixels, patch_weight_, patch_bias_);
  return at::cat({class_token_.expand({pixels.size(0), 1, patches.size(2)}), patches}, 1) + position_;
}

at::Tensor VisionTower::forward(const at::Tensor& pixels) const {
  return post_norm(transformer_.forward(embed(pixels), false));
}

}  // namespace medvlm::blip2
