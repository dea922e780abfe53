#include "medvlm/sdk/nn/rms_norm.hpp"

#include <ATen/ATen.h>

namespace medvlm::sdk::nn {

void RmsNorm::declare(ParameterList& list, const std::string& name) { list.add(name + ".weight", {width_}, weight_); }

at::Tensor RmsNorm::forward(const at::Tensor& x) const {
  const at::Tensor wide = x.to(at::kFloat);
  const at::Tensor scale = wide.square().mean({-1}, true).add_(epsilon_).rsqrt_();
  const at::Tensor unit = wide * scale;
  // Gemma multiplies in float32 and narrows last; Llama narrows first. In float32 both are the same.
  if (adds_one_) return (unit * (weight_.to(at::kFloat) + 1)).to(x.scalar_type());
  return unit.to(x.scalar_type()) * weight_;
}

}  // namespace medvlm::sdk::nn
