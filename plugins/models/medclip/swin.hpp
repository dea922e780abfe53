// The image tower: a Swin transformer, from pixels to the mean over its last tokens.
#pragma once

#include <deque>
#include <optional>

#include "swin_block.hpp"

namespace medvlm::medclip {

/// Blocks on one grid, then the merging into the next, if there is one.
struct SwinStage {
  std::deque<SwinBlock> blocks;
  std::optional<PatchMerging> downsample;
};

/// Does not move or copy: its layers hand out their addresses.
class Swin {
 public:
  explicit Swin(const SwinShape& shape);
  Swin(const Swin&) = delete;
  Swin& operator=(const Swin&) = delete;
  /// Declares Hugging Face's names: `prefix` + "embeddings", "encoder.layers", "layernorm".
  void declare(sdk::nn::ParameterList& list, const std::string& prefix);
  /// pixels [n, 3, size, size] -> [n, width of the last stage].
  at::Tensor forward(const at::Tensor& pixels) const;

  /// Patches after their norm: [n, grid, grid, embed_width].
  at::Tensor embed(const at::Tensor& pixels) const;
  const std::deque<SwinStage>& stages() const { return stages_; }
  at::Tensor final_norm(const at::Tensor& x) const { return final_norm_.forward(x); }

 private:
  SwinShape shape_;
  at::Tensor patch_weight_, patch_bias_, position_;
  sdk::nn::LayerNorm embed_norm_, final_norm_;
  std::deque<SwinStage> stages_;
};

}  // namespace medvlm::medclip
