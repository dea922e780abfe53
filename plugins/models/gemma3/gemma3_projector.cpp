#include "gemma3_projector.hpp"

#include <ATen/ATen.h>

namespace medvlm::gemma3 {

Projector::Projector(const Gemma3Config& config)
    : grid_(config.vision.grid()),
      pool_(config.pool),
      in_(config.vision.transformer.width),
      out_(config.text.width),
      norm_(in_, config.vision.transformer.epsilon, true) {}

void Projector::declare(sdk::nn::ParameterList& list, const std::string& name) {
  list.add(name + ".mm_input_projection_weight", {in_, out_}, weight_);
  norm_.declare(list, name + ".mm_soft_emb_norm");
}

at::Tensor Projector::forward(const at::Tensor& patches) const {
  const at::Tensor planes = patches.transpose(1, 2).reshape({patches.size(0), in_, grid_, grid_});
  const at::Tensor pooled = at::avg_pool2d(planes, {pool_, pool_}, {pool_, pool_}).flatten(2).transpose(1, 2);
  return at::matmul(norm_.forward(pooled), weight_);
}

}  // namespace medvlm::gemma3
