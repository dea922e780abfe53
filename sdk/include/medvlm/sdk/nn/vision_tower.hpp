// The vision transformer of CLIP and SigLIP as a part of larger models: all tokens of a chosen layer.
#pragma once

#include "medvlm/sdk/checkpoint/hf_config.hpp"
#include "medvlm/sdk/nn/transformer.hpp"

namespace medvlm::sdk::nn {

struct VisionTowerShape {
  TransformerShape transformer;
  std::int64_t image_size = 0;
  std::int64_t patch_size = 0;
  std::int64_t channels = 3;
  bool class_token = false;  ///< CLIP has one, in front of the patches
  bool patch_bias = true;    ///< SigLIP has one
  bool pre_norm = false;     ///< CLIP normalises the embeddings; the tensor's public spelling is `pre_layrnorm`
  bool post_norm = true;     ///< the norm after the last block is applied and declared
  std::int64_t blocks = 0;   ///< how many blocks are run and declared; 0: all

  std::int64_t grid() const { return image_size / patch_size; }
};

/// From a Hugging Face vision config, absent keys as the library has them. Throws Error(checkpoint).
MEDVLM_API VisionTowerShape read_clip_vision(const HfConfig& config);
MEDVLM_API VisionTowerShape read_siglip_vision(const HfConfig& config);
/// `layer` as in "vision_feature_layer": -1 is the output of the last block, -2 of the one before; no norm after it.
/// Throws Error(checkpoint), at `key` of `config`, if there is no such layer.
MEDVLM_API VisionTowerShape with_feature_layer(VisionTowerShape shape, std::int64_t layer, const HfConfig& config,
                                               std::string_view key);

class MEDVLM_API VisionTower {
 public:
  explicit VisionTower(const VisionTowerShape& shape);
  /// Declares `name.embeddings...`, `name.encoder.layers.N...` and the norms, e.g. with name "vision_tower.vision_model".
  void declare(ParameterList& list, const std::string& name);
  /// pixels [n, channels, size, size] -> [n, tokens, width], the class token first where there is one.
  at::Tensor forward(const at::Tensor& pixels) const;
  const VisionTowerShape& shape() const { return shape_; }

 private:
  VisionTowerShape shape_;
  at::Tensor class_token_, patch_weight_, patch_bias_;
  Embedding position_;
  LayerNorm pre_norm_, post_norm_;
  Transformer transformer_;
};

}  // namespace medvlm::sdk::nn
