// InternViT, and what turns its patches into features of the language model.
#pragma once

#include <deque>
#include <string>
#include <variant>

#include "internvl_config.hpp"
#include "medvlm/sdk/nn/layers.hpp"
#include "medvlm/sdk/nn/rms_norm.hpp"
#include "medvlm/sdk/nn/transformer.hpp"

namespace medvlm::internvl {

/// x + scale * attention(norm(x)), then x + scale * mlp(norm(x)).
class VisionBlock {
 public:
  VisionBlock(const VisionShape& shape, Layout layout);
  void declare(sdk::nn::ParameterList& list, const std::string& name);
  /// [n, tokens, width] -> the same
  at::Tensor forward(const at::Tensor& x) const;

 private:
  using Norm = std::variant<sdk::nn::LayerNorm, sdk::nn::RmsNorm>;
  static Norm make_norm(const VisionShape& shape);
  std::vector<at::Tensor> queries_keys_values(const at::Tensor& x) const;
  at::Tensor attend(const at::Tensor& x) const;

  Layout layout_;
  std::int64_t width_, heads_;
  bool query_key_norm_;
  Norm norm1_, norm2_;
  std::deque<sdk::nn::Linear> in_;  ///< original: one for queries, keys and values; else one for each
  sdk::nn::RmsNorm query_norm_, key_norm_;
  sdk::nn::Linear out_;
  sdk::nn::Mlp mlp_;
  at::Tensor scale1_, scale2_;
};

/// Does not move or copy: its layers hand out their addresses.
class VisionTower {
 public:
  VisionTower(const VisionShape& shape, Layout layout);
  VisionTower(const VisionTower&) = delete;
  VisionTower& operator=(const VisionTower&) = delete;
  void declare(sdk::nn::ParameterList& list);
  /// pixels [n, 3, size, size] -> patches without the class token [n, grid * grid, width]. For tiles of another size
  /// than the tower was made for, the position embeddings are interpolated (bicubic), as in the reference.
  at::Tensor forward(const at::Tensor& pixels) const;

 private:
  at::Tensor positions(std::int64_t grid) const;

  VisionShape shape_;
  Layout layout_;
  at::Tensor class_token_, position_, patch_weight_, patch_bias_;
  std::deque<VisionBlock> blocks_;
  sdk::nn::LayerNorm post_norm_;
};

/// `side` x `side` patches become the channels of one (pixel shuffle), then norm and two linear layers.
class Projector {
 public:
  explicit Projector(const InternVlConfig& config);
  Projector(const Projector&) = delete;
  Projector& operator=(const Projector&) = delete;
  void declare(sdk::nn::ParameterList& list);
  /// [n, grid * grid, vision width] -> [n, (grid / side)^2, text width]
  at::Tensor forward(const at::Tensor& patches) const;

 private:
  Layout layout_;
  std::int64_t side_;
  sdk::nn::Activation activation_;
  sdk::nn::LayerNorm norm_;
  sdk::nn::Linear linear1_, linear2_;
};

/// [n, grid * grid, width] -> [n, (grid / side)^2, side * side * width]: the patches of a cell one after another, row
/// by row. ("v2" of the original code.)
at::Tensor merge_patches(const at::Tensor& patches, std::int64_t side);

}  // namespace medvlm::internvl
