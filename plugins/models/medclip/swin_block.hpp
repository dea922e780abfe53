// The blocks of a Swin transformer (Liu et al., 2021): attention within windows, every other block with windows shifted.
#pragma once

#include <string>

#include "medclip_config.hpp"
#include "medvlm/sdk/nn/layers.hpp"

namespace medvlm::medclip {

/// Attention among the tokens of each window, with a learnt bias for each relative position.
class WindowAttention {
 public:
  WindowAttention(std::int64_t width, std::int64_t heads, std::int64_t window, bool bias);
  /// Declares `name.self.query`, `.key`, `.value`, `.relative_position_bias_table`, and `name.output.dense`.
  void declare(sdk::nn::ParameterList& list, const std::string& name);
  /// x [n, windows, window^2, width]; mask [windows, window^2, window^2], additive, or undefined -> the shape of x.
  at::Tensor forward(const at::Tensor& x, const at::Tensor& mask) const;

 private:
  at::Tensor position_bias() const;

  std::int64_t heads_, window_;
  sdk::nn::Linear query_, key_, value_, output_;
  at::Tensor bias_table_;  ///< [(2 window - 1)^2, heads]
};

/// x + attention(norm(x)), then x + mlp(norm(x)); tokens lie in a grid.
class SwinBlock {
 public:
  /// Block `index` of a stage: the odd ones shift.
  SwinBlock(const SwinShape& shape, std::int64_t stage, std::int64_t index);
  void declare(sdk::nn::ParameterList& list, const std::string& name);
  /// x [n, height, width, channels] -> the same shape.
  at::Tensor forward(const at::Tensor& x) const;

 private:
  at::Tensor attend(const at::Tensor& x) const;

  std::int64_t window_, shift_;
  sdk::nn::Activation activation_;
  sdk::nn::LayerNorm norm_before_, norm_after_;
  WindowAttention attention_;
  sdk::nn::Linear up_, down_;
};

/// Halves the grid: the four tokens of each 2 x 2 square become one of twice the width.
class PatchMerging {
 public:
  explicit PatchMerging(std::int64_t width);
  void declare(sdk::nn::ParameterList& list, const std::string& name);
  /// x [n, height, width, c] -> [n, ceil(height / 2), ceil(width / 2), 2 c].
  at::Tensor forward(const at::Tensor& x) const;

 private:
  sdk::nn::LayerNorm norm_;
  sdk::nn::Linear reduction_;
};

}  // namespace medvlm::medclip
