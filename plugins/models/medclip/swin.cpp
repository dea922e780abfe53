#include "swin.hpp"

#include <ATen/ATen.h>

#include "medvlm/sdk/nn/patch_embedding.hpp"

namespace medvlm::medclip {
namespace {

/// The reference gives the norm of the patches no epsilon of the config.
constexpr double kEmbedEpsilon = 1e-5;

}  // namespace

Swin::Swin(const SwinShape& shape)
    : shape_(shape),
      embed_norm_(shape.embed_width, kEmbedEpsilon),
      final_norm_(shape.width(shape.stages() - 1), shape.epsilon) {
  for (std::int64_t i = 0; i < shape.stages(); ++i) {
    SwinStage& stage = stages_.emplace_back();
    for (std::int64_t block = 0; block < shape.depths[static_cast<std::size_t>(i)]; ++block) {
      stage.blocks.emplace_back(shape, i, block);
    }
    if (i + 1 < shape.stages()) stage.downsample.emplace(shape.width(i));
  }
}

void Swin::declare(sdk::nn::ParameterList& list, const std::string& prefix) {
  const std::int64_t patch = shape_.patch_size;
  list.add(prefix + "embeddings.patch_embeddings.projection.weight",
           {shape_.embed_width, shape_.channels, patch, patch}, patch_weight_);
  list.add(prefix + "embeddings.patch_embeddings.projection.bias", {shape_.embed_width}, patch_bias_);
  embed_norm_.declare(list, prefix + "embeddings.norm");
  if (shape_.absolute_positions) {
    list.add(prefix + "embeddings.position_embeddings", {1, shape_.grid(0) * shape_.grid(0), shape_.embed_width}, position_);
  }
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    const std::string name = prefix + "encoder.layers." + std::to_string(i);
    for (std::size_t block = 0; block < stages_[i].blocks.size(); ++block) {
      stages_[i].blocks[block].declare(list, name + ".blocks." + std::to_string(block));
    }
    if (stages_[i].downsample) stages_[i].downsample->declare(list, name + ".downsample");
  }
  final_norm_.declare(list, prefix + "layernorm");
}

at::Tensor Swin::embed(const at::Tensor& pixels) const {
  const std::int64_t n = pixels.size(0);
  const std::int64_t grid = shape_.grid(0);
  const std::int64_t missing = grid * shape_.patch_size - shape_.image_size;
  const at::Tensor filled = at::constant_pad_nd(pixels, {0, missing, 0, missing});
  const at::Tensor embedded = embed_norm_.forward(sdk::nn::embed_patches(filled, patch_weight_, patch_bias_))
                                  .view({n, grid, grid, shape_.embed_width});
  return position_.defined() ? embedded + position_.view({1, grid, grid, shape_.embed_width}) : embedded;
}

at::Tensor Swin::forward(const at::Tensor& pixels) const {
  at::Tensor x = embed(pixels);
  for (const SwinStage& stage : stages_) {
    for (const SwinBlock& block : stage.blocks) x = block.forward(x);
    if (stage.downsample) x = stage.downsample->forward(x);
  }
  return final_norm(x).flatten(1, 2).mean(1);
}

}  // namespace medvlm::medclip
