// The vision tower of Qwen2-VL and Qwen2.5-VL: pictures of any size, rotary positions, windows in the second generation
// (Wang et al. 2024, arXiv:2409.12191; Bai et al. 2025, arXiv:2502.13923).
#pragma once

#include <deque>
#include <string>
#include <variant>
#include <vector>

#include "medvlm/sdk/language/rotary.hpp"
#include "medvlm/sdk/nn/layers.hpp"
#include "medvlm/sdk/nn/rms_norm.hpp"
#include "medvlm/sdk/nn/transformer.hpp"
#include "patch_grid.hpp"
#include "qwen_config.hpp"

namespace medvlm::qwen_vl {

/// Layer norm in the first generation, RMS norm in the second.
class VisionNorm {
 public:
  explicit VisionNorm(const VisionConfig& config);
  void declare(sdk::nn::ParameterList& list, const std::string& name);
  at::Tensor forward(const at::Tensor& x) const;

 private:
  std::variant<sdk::nn::LayerNorm, sdk::nn::RmsNorm> norm_;
};

/// Two layers in the first generation; down(activation(gate(x)) * up(x)) in the second.
class VisionMlp {
 public:
  explicit VisionMlp(const VisionConfig& config);
  void declare(sdk::nn::ParameterList& list, const std::string& name);
  at::Tensor forward(const at::Tensor& x) const;

 private:
  struct Gated {
    sdk::nn::Activation activation;
    sdk::nn::Linear gate, up, down;
  };
  std::variant<sdk::nn::Mlp, Gated> mlp_;
};

class VisionBlock {
 public:
  explicit VisionBlock(const VisionConfig& config);
  void declare(sdk::nn::ParameterList& list, const std::string& name);
  /// x [patches, width], in the order of the runs.
  at::Tensor forward(const at::Tensor& x, const sdk::language::Rotary& rotary,
                     const std::vector<WindowRun>& runs) const;

 private:
  at::Tensor attend(const at::Tensor& x, const sdk::language::Rotary& rotary, const std::vector<WindowRun>& runs) const;

  std::int64_t heads_;
  VisionNorm norm1_, norm2_;
  sdk::nn::Linear qkv_, output_;
  VisionMlp mlp_;
};

/// Does not move or copy: its blocks hand out their addresses.
class VisionTower {
 public:
  explicit VisionTower(const VisionConfig& config);
  VisionTower(const VisionTower&) = delete;
  VisionTower& operator=(const VisionTower&) = delete;
  /// Declares `name.patch_embed.proj`, `name.blocks.N...` and `name.merger...`.
  void declare(sdk::nn::ParameterList& list, const std::string& name);

  /// patches [rows * columns, values] as QwenProcessor makes them, in the weights' type -> one feature for each merged
  /// patch, row by row: [merged patches, features].
  at::Tensor forward(const at::Tensor& patches, const PatchGrid& grid) const;

 private:
  sdk::language::Rotary rotary(const at::Tensor& positions) const;
  at::Tensor merge(const at::Tensor& x) const;

  VisionConfig config_;
  at::Tensor patch_weight_;
  std::deque<VisionBlock> blocks_;
  VisionNorm merger_norm_;
  sdk::nn::Linear merger_fc1_, merger_fc2_;
};

}  // namespace medvlm::qwen_vl
