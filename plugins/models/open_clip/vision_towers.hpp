// The image towers: open_clip's own vision transformer, and one of timm below `trunk` with a head.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "medvlm/sdk/nn/fused_transformer.hpp"
#include "open_clip_config.hpp"

namespace medvlm::open_clip {

/// Does not move or copy: its layers hand out their addresses.
class VisionTower {
 public:
  virtual ~VisionTower() = default;
  VisionTower(const VisionTower&) = delete;
  VisionTower& operator=(const VisionTower&) = delete;

  virtual void declare(sdk::nn::ParameterList& list) = 0;
  /// pixels [n, 3, height, width] -> in the shared space, not normalised: [n, embedding].
  at::Tensor forward(const at::Tensor& pixels) const;

  /// Patches before anything is added: [n, patches, width].
  virtual at::Tensor patches(const at::Tensor& pixels) const = 0;
  /// With class token and positions: [n, 1 + patches, width].
  at::Tensor embed(const at::Tensor& pixels) const;
  at::Tensor pre_norm(const at::Tensor& embedded) const;
  at::Tensor final_norm(const at::Tensor& states) const { return final_norm_.forward(states); }
  const sdk::nn::FusedTransformer& transformer() const { return transformer_; }

 protected:
  explicit VisionTower(const VitConfig& config);
  /// pooled [n, width] -> [n, embedding]
  virtual at::Tensor project(const at::Tensor& pooled) const = 0;

  VitConfig config_;
  at::Tensor class_token_, positions_, patch_weight_, patch_bias_;
  sdk::nn::LayerNorm pre_norm_, final_norm_;
  sdk::nn::FusedTransformer transformer_;

 private:
  at::Tensor pool(const at::Tensor& states) const;
};

/// `embedding`: the width of the shared space.
std::unique_ptr<VisionTower> make_vision_tower(const VisionConfig& config, std::int64_t embedding);

/// How open_clip names the parts of its own blocks. PEFT takes the fused projection as the attention module itself.
const sdk::nn::FusedBlockNames& own_block_names();

}  // namespace medvlm::open_clip
