// The layers that hold weights: linear, embedding, layer norm. Linear and embedding layers take adapters.
#pragma once

#include <memory>
#include <string>

#include "medvlm/sdk/nn/parameters.hpp"

namespace medvlm::sdk::nn {

/// y = x W^T + b. Weight [out, in], bias [out] or absent.
class MEDVLM_API Linear final : public AdaptableLayer {
 public:
  Linear(std::int64_t in, std::int64_t out, bool bias = true) : in_(in), out_(out), has_bias_(bias) {}
  /// Declares `name.weight` and `name.bias`.
  void declare(ParameterList& list, const std::string& name);
  /// The same where the tensors do not have the layer's name; `layer` is what adapters call it.
  void declare(ParameterList& list, const std::string& layer, const std::string& weight, const std::string& bias);
  /// [..., in] -> [..., out]
  at::Tensor forward(const at::Tensor& x) const;
  /// The same without the update: for blocks whose reference uses the weight past the layer.
  at::Tensor frozen(const at::Tensor& x) const;

  LayerKind kind() const override { return LayerKind::linear; }
  std::pair<std::int64_t, std::int64_t> shape() const override { return {out_, in_}; }
  at::Tensor weight() const override { return weight_; }
  void set_weight(at::Tensor weight) override { weight_ = std::move(weight); }
  void set_update(std::shared_ptr<LayerUpdate> update) override { update_ = std::move(update); }

 private:
  std::int64_t in_, out_;
  bool has_bias_;
  at::Tensor weight_, bias_;
  std::shared_ptr<LayerUpdate> update_;
};

/// A table of vectors. Weight [count, width].
class MEDVLM_API Embedding final : public AdaptableLayer {
 public:
  Embedding(std::int64_t count, std::int64_t width) : count_(count), width_(width) {}
  /// Declares `name.weight`.
  void declare(ParameterList& list, const std::string& name);
  /// Indices [...] (int64) -> [..., width]
  at::Tensor forward(const at::Tensor& indices) const;
  std::int64_t count() const { return count_; }

  LayerKind kind() const override { return LayerKind::embedding; }
  std::pair<std::int64_t, std::int64_t> shape() const override { return {count_, width_}; }
  at::Tensor weight() const override { return weight_; }
  void set_weight(at::Tensor weight) override { weight_ = std::move(weight); }
  void set_update(std::shared_ptr<LayerUpdate> update) override { update_ = std::move(update); }

 private:
  std::int64_t count_, width_;
  at::Tensor weight_;
  std::shared_ptr<LayerUpdate> update_;
};

/// Layer normalisation over the last dimension.
class MEDVLM_API LayerNorm {
 public:
  LayerNorm(std::int64_t width, double epsilon) : width_(width), epsilon_(epsilon) {}
  /// Declares `name.weight` and `name.bias`.
  void declare(ParameterList& list, const std::string& name);
  at::Tensor forward(const at::Tensor& x) const;

 private:
  std::int64_t width_;
  double epsilon_;
  at::Tensor weight_, bias_;
};

/// x W^T + b by the fastest exact kernel of the device. On the CPU in float32 this is oneDNN's, which reaches twice the
/// rate of the default (MKL) on processors that are not Intel's; differentiable inputs take the default kernel. Weights
/// of another type than x are widened as they are used, also for the gradient of x: checkpoints may stay in memory as they are
/// stored.
MEDVLM_API at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

}  // namespace medvlm::sdk::nn
