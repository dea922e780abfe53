// Gradient checkpointing (Chen et al., 2016): a block's inner tensors are computed again when its gradients are wanted.
#pragma once

#include <functional>

#include <ATen/core/Tensor.h>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk::nn {

/// While one with `wanted` lives, the transformers that this thread runs with gradients keep only what goes into each block.
class MEDVLM_API GradientCheckpointing {
 public:
  explicit GradientCheckpointing(bool wanted);
  ~GradientCheckpointing();
  GradientCheckpointing(const GradientCheckpointing&) = delete;
  GradientCheckpointing& operator=(const GradientCheckpointing&) = delete;
  static bool wanted();

 private:
  bool before_;
};

/// block(x). While checkpointing is wanted and x requires a gradient, what the block keeps for gradients is dropped and the
/// block runs a second time in the backward pass; the gradients are the same. The block must give the same both times, and
/// live until then.
MEDVLM_API at::Tensor checkpointed(std::function<at::Tensor(const at::Tensor&)> block, const at::Tensor& x);

}  // namespace medvlm::sdk::nn
