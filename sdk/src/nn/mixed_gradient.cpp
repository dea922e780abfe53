// The gradient of linear layers whose weights stay in 16 bits, with respect to their input.
#include <algorithm>

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "mixed_linear.hpp"

namespace medvlm::sdk::nn {
namespace {

/// Elements of the weights that are widened together.
constexpr std::int64_t kWidenedElements = 1 << 22;

/// gradient [rows, out] x weight [out, in] -> [rows, in], summed over blocks of outputs.
at::Tensor times_widened(const at::Tensor& gradient, const at::Tensor& weight) {
  const std::int64_t in = weight.size(1), out = weight.size(0);
  const std::int64_t step = std::max<std::int64_t>(64, kWidenedElements / in);
  at::Tensor sum = at::zeros({gradient.size(0), in}, gradient.options());
  for (std::int64_t first = 0; first < out; first += step) {
    const std::int64_t count = std::min(step, out - first);
    sum.addmm_(gradient.narrow(1, first, count), weight.narrow(0, first, count).to(at::kFloat));
  }
  return sum;
}

struct MixedLinear final : torch::autograd::Function<MixedLinear> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x, const at::Tensor& weight) {
    // As it is stored, which is all that the backward pass needs.
    context->saved_data["weight"] = weight;
    return mixed_linear(x, weight, at::Tensor());
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const at::Tensor weight = context->saved_data["weight"].toTensor();
    const at::Tensor& gradient = gradients[0];
    std::vector<std::int64_t> shape = gradient.sizes().vec();
    shape.back() = weight.size(1);
    const at::Tensor rows = gradient.reshape({-1, weight.size(0)}).to(at::kFloat);
    return {times_widened(rows, weight).view(shape), at::Tensor()};
  }
};

}  // namespace

at::Tensor mixed_linear_with_gradient(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  const at::Tensor y = MixedLinear::apply(x, weight);
  return bias.defined() ? y + bias.to(at::kFloat) : y;
}

}  // namespace medvlm::sdk::nn
