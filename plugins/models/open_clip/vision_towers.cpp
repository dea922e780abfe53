#include "vision_towers.hpp"

#include <ATen/ATen.h>

#include "medvlm/sdk/nn/patch_embedding.hpp"

namespace medvlm::open_clip {
namespace {

using sdk::nn::Linear;
using sdk::nn::ParameterList;

/// open_clip.transformer.VisionTransformer.
class OwnVisionTower final : public VisionTower {
 public:
  OwnVisionTower(const VitConfig& config, std::int64_t embedding) : VisionTower(config), embedding_(embedding) {}

  void declare(ParameterList& list) override {
    const std::int64_t width = config_.transformer.width;
    list.add("visual.class_embedding", {width}, class_token_);
    list.add("visual.positional_embedding", {config_.tokens(), width}, positions_);
    list.add("visual.conv1.weight", {width, 3, config_.patch, config_.patch}, patch_weight_);
    if (config_.pre_norm) pre_norm_.declare(list, "visual.ln_pre");
    transformer_.declare(list, "visual.transformer.resblocks", own_block_names());
    final_norm_.declare(list, "visual.ln_post");
    list.add("visual.proj", {width, embedding_}, projection_);
  }

  at::Tensor patches(const at::Tensor& pixels) const override { return sdk::nn::embed_patches(pixels, patch_weight_); }

 private:
  at::Tensor project(const at::Tensor& pooled) const override { return at::matmul(pooled, projection_); }

  std::int64_t embedding_;
  at::Tensor projection_;
};

/// open_clip.timm_model.TimmModel around timm's VisionTransformer.
class TimmTower final : public VisionTower {
 public:
  TimmTower(const VitConfig& config, const TimmConfig& timm, std::int64_t embedding)
      : VisionTower(config),
        timm_(timm),
        linear_(config.transformer.width, embedding, timm.head == TimmConfig::Head::classifier || timm.head_bias),
        up_(config.transformer.width, 2 * embedding),
        down_(2 * embedding, embedding, timm.head_bias) {}

  void declare(ParameterList& list) override {
    const std::int64_t width = config_.transformer.width;
    list.add("visual.trunk.cls_token", {1, 1, width}, class_token_);
    list.add("visual.trunk.pos_embed", {1, config_.tokens(), width}, positions_);
    list.add("visual.trunk.patch_embed.proj.weight", {width, 3, config_.patch, config_.patch}, patch_weight_);
    if (timm_.patch_bias) list.add("visual.trunk.patch_embed.proj.bias", {width}, patch_bias_);
    if (config_.pre_norm) pre_norm_.declare(list, "visual.trunk.norm_pre");
    transformer_.declare(list, "visual.trunk.blocks", {});
    final_norm_.declare(list, config_.norm_after_pool ? "visual.trunk.fc_norm" : "visual.trunk.norm");
    declare_head(list);
  }

  at::Tensor patches(const at::Tensor& pixels) const override {
    return sdk::nn::embed_patches(pixels, patch_weight_, patch_bias_);
  }

 private:
  void declare_head(ParameterList& list) {
    switch (timm_.head) {
      case TimmConfig::Head::linear: return linear_.declare(list, "visual.head.proj");
      case TimmConfig::Head::classifier: return linear_.declare(list, "visual.trunk.head");
      case TimmConfig::Head::mlp:
        up_.declare(list, "visual.head.mlp.fc1");
        return down_.declare(list, "visual.head.mlp.fc2");
      case TimmConfig::Head::none: return;
    }
  }

  at::Tensor project(const at::Tensor& pooled) const override {
    switch (timm_.head) {
      case TimmConfig::Head::mlp: return down_.forward(at::gelu(up_.forward(pooled)));
      case TimmConfig::Head::none: return pooled;
      default: return linear_.forward(pooled);
    }
  }

  TimmConfig timm_;
  Linear linear_, up_, down_;
};

}  // namespace

VisionTower::VisionTower(const VitConfig& config)
    : config_(config),
      pre_norm_(config.transformer.width, config.transformer.epsilon),
      final_norm_(config.transformer.width, config.transformer.epsilon),
      transformer_(config.transformer, config.parts) {}

at::Tensor VisionTower::embed(const at::Tensor& pixels) const {
  const std::int64_t width = config_.transformer.width;
  const at::Tensor first = class_token_.reshape({1, 1, width}).expand({pixels.size(0), 1, width});
  return at::cat({first, patches(pixels)}, 1) + positions_.reshape({1, -1, width});
}

at::Tensor VisionTower::pre_norm(const at::Tensor& embedded) const {
  return config_.pre_norm ? pre_norm_.forward(embedded) : embedded;
}

at::Tensor VisionTower::pool(const at::Tensor& states) const {
  if (config_.pool == VitConfig::Pool::token) return final_norm(states.select(1, 0));
  const at::Tensor patches = states.narrow(1, 1, states.size(1) - 1);
  return config_.norm_after_pool ? final_norm(patches.mean(1)) : final_norm(patches).mean(1);
}

at::Tensor VisionTower::forward(const at::Tensor& pixels) const {
  const std::int64_t needed = config_.pool == VitConfig::Pool::token ? 1 : 0;
  return project(pool(transformer_.forward(pre_norm(embed(pixels)), false, needed)));
}

std::unique_ptr<VisionTower> make_vision_tower(const VisionConfig& config, std::int64_t embedding) {
  if (config.timm) return std::make_unique<TimmTower>(config.vit, *config.timm, embedding);
  return std::make_unique<OwnVisionTower>(config.vit, embedding);
}

const sdk::nn::FusedBlockNames& own_block_names() {
  static const sdk::nn::FusedBlockNames names{"ln_1", "attn", "attn.in_proj_weight", "attn.in_proj_bias", "attn.out_proj",
                                              "ls_1.gamma", "ln_2", "mlp.c_fc", "mlp.c_proj", "ls_2.gamma"};
  return names;
}

}  // namespace medvlm::open_clip
