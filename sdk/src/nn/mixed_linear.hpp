// A linear layer whose weights stay in bfloat16 or float16 while inputs and results are float32.
#pragma once

#include <ATen/core/Tensor.h>

namespace medvlm::sdk::nn {

/// x [..., in] float32, weight [out, in] bfloat16 or float16 (contiguous, on the CPU), bias [out] of any type or undefined
/// -> [..., out] float32. Every weight is widened exactly, so the result is that of float32 weights up to the order of the
/// sums. Few rows are bound by reading the weights: they are read once, in half the bytes. Many rows widen a block of the
/// weights at a time. Not differentiable.
at::Tensor mixed_linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

/// The same, differentiable in x. Weight and bias are frozen: they get no gradient. The backward pass widens a block of the
/// weights at a time, so nothing but the weights as they are stored is kept for it.
at::Tensor mixed_linear_with_gradient(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

}  // namespace medvlm::sdk::nn
