// Cutting pictures into patches for vision transformers.
#pragma once

#include <ATen/core/Tensor.h>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk::nn {

/// pixels [n, 3, height, width], weight [out, 3, patch, patch], bias [out] or undefined -> one vector per patch, row by
/// row: [n, (height / patch) * (width / patch), out]. What is left over at the right and bottom edge is ignored, as by a
/// convolution whose stride is its kernel. Differentiable.
MEDVLM_API at::Tensor embed_patches(const at::Tensor& pixels, const at::Tensor& weight, const at::Tensor& bias = {});

}  // namespace medvlm::sdk::nn
