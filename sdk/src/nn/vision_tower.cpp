#include "medvlm/sdk/nn/vision_tower.hpp"

#include <ATen/ATen.h>

#include "medvlm/sdk/checkpoint/model_folder.hpp"
#include "medvlm/sdk/nn/patch_embedding.hpp"

namespace medvlm::sdk::nn {
namespace {

VisionTowerShape read_sizes(const HfConfig& config, VisionTowerShape fallback) {
  fallback.transformer = read_transformer_shape(config, fallback.transformer);
  fallback.image_size = positive_integer(config, "image_size", fallback.image_size);
  fallback.patch_size = positive_integer(config, "patch_size", fallback.patch_size);
  fallback.channels = positive_integer(config, "num_channels", fallback.channels);
  if (fallback.patch_size > fallback.image_size) config.fail("patch_size", "is larger than the image");
  return fallback;
}

TransformerShape used_blocks(VisionTowerShape shape) {
  if (shape.blocks > 0) shape.transformer.layers = shape.blocks;
  return shape.transformer;
}

}  // namespace

VisionTowerShape read_clip_vision(const HfConfig& config) {
  VisionTowerShape base;
  base.transformer = {768, 3072, 12, 12, 1e-5, Activation::quick_gelu};
  base.image_size = 224;
  base.patch_size = 32;
  base.class_token = true;
  base.patch_bias = false;
  base.pre_norm = true;
  return read_sizes(config, base);
}

VisionTowerShape read_siglip_vision(const HfConfig& config) {
  VisionTowerShape base;
  base.transformer = {768, 3072, 12, 12, 1e-6, Activation::gelu_tanh};
  base.image_size = 224;
  base.patch_size = 16;
  return read_sizes(config, base);
}

VisionTowerShape with_feature_layer(VisionTowerShape shape, std::int64_t layer, const HfConfig& config,
                                    std::string_view key) {
  // hidden_states[0] are the embeddings, hidden_states[layers] the output of the last block.
  const std::int64_t blocks = layer < 0 ? shape.transformer.layers + 1 + layer : layer;
  if (blocks < 1 || blocks > shape.transformer.layers) {
    config.fail(key, "is " + std::to_string(layer) + ", but the vision tower has " +
                         std::to_string(shape.transformer.layers) + " layers");
  }
  shape.blocks = blocks;
  shape.post_norm = false;
  return shape;
}

VisionTower::VisionTower(const VisionTowerShape& shape)
    : shape_(shape),
      position_(shape.grid() * shape.grid() + (shape.class_token ? 1 : 0), shape.transformer.width),
      pre_norm_(shape.transformer.width, shape.transformer.epsilon),
      post_norm_(shape.transformer.width, shape.transformer.epsilon),
      transformer_(used_blocks(shape)) {}

void VisionTower::declare(ParameterList& list, const std::string& name) {
  const std::int64_t width = shape_.transformer.width, patch = shape_.patch_size;
  const std::string embeddings = name + ".embeddings.";
  if (shape_.class_token) list.add(embeddings + "class_embedding", {width}, class_token_);
  list.add(embeddings + "patch_embedding.weight", {width, shape_.channels, patch, patch}, patch_weight_);
  if (shape_.patch_bias) list.add(embeddings + "patch_embedding.bias", {width}, patch_bias_);
  position_.declare(list, embeddings + "position_embedding");
  if (shape_.pre_norm) pre_norm_.declare(list, name + ".pre_layrnorm");
  transformer_.declare(list, name + ".encoder.layers");
  if (shape_.post_norm) post_norm_.declare(list, name + ".post_layernorm");
}

at::Tensor VisionTower::forward(const at::Tensor& pixels) const {
  at::Tensor x = embed_patches(pixels, patch_weight_, patch_bias_);
  if (shape_.class_token) x = at::cat({class_token_.expand({x.size(0), 1, x.size(2)}), x}, 1);
  x = x + position_.forward(at::arange(x.size(1), at::TensorOptions(at::kLong).device(x.device())));
  if (shape_.pre_norm) x = pre_norm_.forward(x);
  x = transformer_.forward(x, false);
  return shape_.post_norm ? post_norm_.forward(x) : x;
}

}  // namespace medvlm::sdk::nn
