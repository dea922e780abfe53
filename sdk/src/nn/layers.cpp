#include "medvlm/sdk/nn/layers.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include "mixed_linear.hpp"

namespace medvlm::sdk::nn {
namespace {

using FusedLinear = at::Tensor(const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&,
                               std::string_view, c10::List<std::optional<at::Scalar>>, std::optional<std::string_view>);

/// oneDNN's linear operator, or nothing where this LibTorch was built without it.
const std::optional<c10::TypedOperatorHandle<FusedLinear>>& onednn_linear() {
  static const auto handle = []() -> std::optional<c10::TypedOperatorHandle<FusedLinear>> {
    const auto found = c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", ""});
    if (!found || !at::globalContext().hasMKLDNN()) return std::nullopt;
    return found->typed<FusedLinear>();
  }();
  return handle;
}

bool needs_gradient(const at::Tensor& x, const at::Tensor& weight) {
  return c10::GradMode::is_enabled() && (x.requires_grad() || weight.requires_grad());
}

}  // namespace

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  if (weight.scalar_type() != x.scalar_type()) {
    const bool kept_narrow = x.scalar_type() == at::kFloat && weight.is_cpu() && weight.is_contiguous() && x.numel() > 0 &&
                             (weight.scalar_type() == at::kBFloat16 || weight.scalar_type() == at::kHalf);
    if (kept_narrow && !needs_gradient(x, weight)) return mixed_linear(x, weight, bias);
    if (kept_narrow && !weight.requires_grad()) return mixed_linear_with_gradient(x, weight, bias);
    return linear(x, weight.to(x.scalar_type()), bias.defined() ? bias.to(x.scalar_type()) : bias);
  }
  const bool onednn = x.is_cpu() && x.scalar_type() == at::kFloat && weight.is_contiguous() && x.numel() > 0 &&
                      !needs_gradient(x, weight) && onednn_linear().has_value();
  if (!onednn) return at::linear(x, weight, bias.defined() ? std::optional(bias) : std::nullopt);
  static const c10::List<std::optional<at::Scalar>> kNoScalars;
  return onednn_linear()->call(x.contiguous(), weight, bias.defined() ? std::optional(bias) : std::nullopt, "none",
                               kNoScalars, "");
}

void Linear::declare(ParameterList& list, const std::string& name) {
  declare(list, name, name + ".weight", name + ".bias");
}

void Linear::declare(ParameterList& list, const std::string& layer, const std::string& weight, const std::string& bias) {
  list.add(weight, {out_, in_}, weight_);
  if (has_bias_) list.add(bias, {out_}, bias_);
  list.add_layer(layer, *this);
}

at::Tensor Linear::forward(const at::Tensor& x) const {
  at::Tensor y = linear(x, weight_, bias_);
  return update_ ? update_->forward(x, y) : y;
}

at::Tensor Linear::frozen(const at::Tensor& x) const { return linear(x, weight_, bias_); }

void Embedding::declare(ParameterList& list, const std::string& name) {
  list.add(name + ".weight", {count_, width_}, weight_);
  list.add_layer(name, *this);
}

at::Tensor Embedding::forward(const at::Tensor& indices) const {
  at::Tensor y = at::embedding(weight_, indices);
  if (!update_) return y;
  // A table that stays in 16 bits on the CPU belongs to a model computed in float32: no update may be rounded to 16 bits.
  const bool narrow = y.is_cpu() && (y.scalar_type() == at::kBFloat16 || y.scalar_type() == at::kHalf);
  return update_->forward(indices, narrow ? y.to(at::kFloat) : y);
}

void LayerNorm::declare(ParameterList& list, const std::string& name) {
  list.add(name + ".weight", {width_}, weight_);
  list.add(name + ".bias", {width_}, bias_);
}

at::Tensor LayerNorm::forward(const at::Tensor& x) const {
  return at::layer_norm(x, {width_}, weight_, bias_, epsilon_);
}

}  // namespace medvlm::sdk::nn
