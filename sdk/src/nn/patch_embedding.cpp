#include "medvlm/sdk/nn/patch_embedding.hpp"

#include <ATen/ATen.h>

#include "medvlm/sdk/nn/layers.hpp"

namespace medvlm::sdk::nn {

at::Tensor embed_patches(const at::Tensor& pixels, const at::Tensor& weight, const at::Tensor& bias) {
  const std::int64_t n = pixels.size(0);
  const std::int64_t patch = weight.size(2);
  const std::int64_t down = pixels.size(2) / patch;
  const std::int64_t across = pixels.size(3) / patch;
  // A convolution whose stride is its kernel is one product: every patch is a row.
  const at::Tensor patches = pixels.narrow(2, 0, down * patch)
                                 .narrow(3, 0, across * patch)
                                 .reshape({n, 3, down, patch, across, patch})
                                 .permute({0, 2, 4, 1, 3, 5})
                                 .reshape({n, down * across, 3 * patch * patch});
  return linear(patches, weight.reshape({weight.size(0), -1}), bias);
}

}  // namespace medvlm::sdk::nn
