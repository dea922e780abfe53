#include "internvl_vision.hpp"

#include <cmath>

#include <ATen/ATen.h>

#include "medvlm/sdk/nn/checkpointing.hpp"
#include "medvlm/sdk/nn/patch_embedding.hpp"

namespace medvlm::internvl {
namespace {

/// What the parts of the tower are called.
struct TowerNames {
  std::string class_token, position, patch, blocks, post_norm;
};
struct BlockNames {
  std::string norm1, attention, out, scale1, norm2, scale2;
  std::vector<std::string> in;
};

TowerNames tower_names(Layout layout) {
  if (layout == Layout::original) {
    const std::string root = "vision_model.";
    return {root + "embeddings.class_embedding", root + "embeddings.position_embedding",
            root + "embeddings.patch_embedding", root + "encoder.layers.", ""};
  }
  const std::string root = "vision_tower.";
  return {root + "embeddings.cls_token", root + "embeddings.position_embeddings",
          root + "embeddings.patch_embeddings.projection", root + "encoder.layer.", root + "layernorm"};
}

BlockNames block_names(Layout layout) {
  if (layout == Layout::original) return {"norm1", "attn.", "proj", "ls1", "norm2", "ls2", {"qkv"}};
  return {"layernorm_before", "attention.", "projection_layer", "lambda_1", "layernorm_after", "lambda_2",
          {"q_proj", "k_proj", "v_proj"}};
}

}  // namespace

VisionBlock::Norm VisionBlock::make_norm(const VisionShape& shape) {
  const auto& transformer = shape.tower.transformer;
  if (shape.rms_norms) return sdk::nn::RmsNorm(transformer.width, transformer.epsilon);
  return sdk::nn::LayerNorm(transformer.width, transformer.epsilon);
}

VisionBlock::VisionBlock(const VisionShape& shape, Layout layout)
    : layout_(layout),
      width_(shape.tower.transformer.width),
      heads_(shape.tower.transformer.heads),
      query_key_norm_(shape.query_key_norm),
      norm1_(make_norm(shape)),
      norm2_(make_norm(shape)),
      query_norm_(width_, shape.query_key_epsilon),
      key_norm_(width_, shape.query_key_epsilon),
      out_(width_, width_),
      mlp_(shape.tower.transformer) {
  const std::size_t parts = block_names(layout).in.size();
  for (std::size_t i = 0; i < parts; ++i) {
    in_.emplace_back(width_, 3 * width_ / static_cast<std::int64_t>(parts), shape.qkv_bias);
  }
}

void VisionBlock::declare(sdk::nn::ParameterList& list, const std::string& name) {
  const BlockNames names = block_names(layout_);
  const std::string attention = name + "." + names.attention;
  const auto declare_norm = [&](Norm& norm, const std::string& part) {
    std::visit([&](auto& known) { known.declare(list, name + "." + part); }, norm);
  };
  declare_norm(norm1_, names.norm1);
  for (std::size_t i = 0; i < in_.size(); ++i) in_[i].declare(list, attention + names.in[i]);
  if (query_key_norm_) {
    query_norm_.declare(list, attention + "q_norm");
    key_norm_.declare(list, attention + "k_norm");
  }
  out_.declare(list, attention + names.out);
  list.add(name + "." + names.scale1, {width_}, scale1_);
  declare_norm(norm2_, names.norm2);
  mlp_.declare(list, name + ".mlp.fc1", name + ".mlp.fc2");
  list.add(name + "." + names.scale2, {width_}, scale2_);
}

std::vector<at::Tensor> VisionBlock::queries_keys_values(const at::Tensor& x) const {
  std::vector<at::Tensor> parts;
  if (in_.size() == 1) {
    parts = in_[0].forward(x).chunk(3, -1);
  } else {
    for (const auto& part : in_) parts.push_back(part.forward(x));
  }
  if (query_key_norm_) {
    parts[0] = query_norm_.forward(parts[0]);
    parts[1] = key_norm_.forward(parts[1]);
  }
  for (at::Tensor& part : parts) part = part.unflatten(-1, {heads_, width_ / heads_}).transpose(1, 2);
  return parts;
}

at::Tensor VisionBlock::attend(const at::Tensor& x) const {
  const auto parts = queries_keys_values(x);
  const at::Tensor mixed = at::scaled_dot_product_attention(parts[0], parts[1], parts[2]);
  return out_.forward(mixed.transpose(1, 2).reshape(x.sizes()));
}

at::Tensor VisionBlock::forward(const at::Tensor& x) const {
  const auto normed = [](const Norm& norm, const at::Tensor& y) {
    return std::visit([&](const auto& known) { return known.forward(y); }, norm);
  };
  const at::Tensor attended = sdk::nn::add_residual(x, attend(normed(norm1_, x)) * scale1_);
  return sdk::nn::add_residual(attended, mlp_.forward(normed(norm2_, attended)) * scale2_);
}

VisionTower::VisionTower(const VisionShape& shape, Layout layout)
    : shape_(shape),
      layout_(layout),
      post_norm_(shape.tower.transformer.width, shape.tower.transformer.epsilon) {
  const auto& tower = shape.tower;
  const std::int64_t blocks = tower.blocks > 0 ? tower.blocks : tower.transformer.layers;
  for (std::int64_t i = 0; i < blocks; ++i) blocks_.emplace_back(shape, layout);
}

void VisionTower::declare(sdk::nn::ParameterList& list) {
  const TowerNames names = tower_names(layout_);
  const std::int64_t width = shape_.tower.transformer.width;
  const std::int64_t patch = shape_.tower.patch_size;
  const std::int64_t grid = shape_.tower.grid();
  list.add(names.class_token, {1, 1, width}, class_token_);
  list.add(names.patch + ".weight", {width, 3, patch, patch}, patch_weight_);
  list.add(names.patch + ".bias", {width}, patch_bias_);
  list.add(names.position, {1, 1 + grid * grid, width}, position_);
  for (std::size_t i = 0; i < blocks_.size(); ++i) blocks_[i].declare(list, names.blocks + std::to_string(i));
  if (shape_.tower.post_norm) post_norm_.declare(list, names.post_norm);
}

at::Tensor VisionTower::positions(std::int64_t grid) const {
  const std::int64_t stored = shape_.tower.grid();
  if (grid == stored) return position_;
  const at::Tensor patches = position_.slice(1, 1).to(at::kFloat).view({1, stored, stored, -1}).permute({0, 3, 1, 2});
  const at::Tensor fitted = at::upsample_bicubic2d(patches, {grid, grid}, /*align_corners=*/false);
  return at::cat({position_.slice(1, 0, 1), fitted.flatten(2).transpose(1, 2).to(position_.scalar_type())}, 1);
}

at::Tensor VisionTower::forward(const at::Tensor& pixels) const {
  const at::Tensor patches = sdk::nn::embed_patches(pixels, patch_weight_, patch_bias_);
  const at::Tensor first = class_token_.expand({pixels.size(0), 1, patches.size(2)});
  at::Tensor x = at::cat({first, patches}, 1) + positions(pixels.size(3) / shape_.tower.patch_size);
  for (const VisionBlock& block : blocks_) {
    x = sdk::nn::checkpointed([&block](const at::Tensor& in) { return block.forward(in); }, x);
  }
  if (shape_.tower.post_norm) x = post_norm_.forward(x);
  return x.slice(1, 1);
}

at::Tensor merge_patches(const at::Tensor& patches, std::int64_t side) {
  const std::int64_t n = patches.size(0);
  const std::int64_t width = patches.size(2);
  const auto cells = static_cast<std::int64_t>(std::lround(std::sqrt(patches.size(1)))) / side;
  return patches.reshape({n, cells, side, cells, side, width})
      .permute({0, 1, 3, 2, 4, 5})
      .reshape({n, cells * cells, side * side * width});
}

Projector::Projector(const InternVlConfig& config)
    : layout_(config.layout),
      side_(config.shuffle),
      activation_(config.projector_activation),
      norm_(config.vision.tower.transformer.width * side_ * side_, 1e-5),
      linear1_(config.vision.tower.transformer.width * side_ * side_, config.text.width),
      linear2_(config.text.width, config.text.width) {}

void Projector::declare(sdk::nn::ParameterList& list) {
  const bool original = layout_ == Layout::original;
  const std::string root = original ? "mlp1." : "multi_modal_projector.";
  norm_.declare(list, root + (original ? "0" : "layer_norm"));
  linear1_.declare(list, root + (original ? "1" : "linear_1"));
  linear2_.declare(list, root + (original ? "3" : "linear_2"));
}

at::Tensor Projector::forward(const at::Tensor& patches) const {
  const at::Tensor hidden = linear1_.forward(norm_.forward(merge_patches(patches, side_)));
  return linear2_.forward(sdk::nn::activate(hidden, activation_));
}

}  // namespace medvlm::internvl
