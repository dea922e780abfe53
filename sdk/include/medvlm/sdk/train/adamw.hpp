// The AdamW optimizer and the clipping of gradients, step for step as PyTorch's.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "medvlm/sdk/checkpoint/weights.hpp"

namespace medvlm::sdk::train {

struct AdamWOptions {
  double weight_decay = 0;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
};

/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019). Decays every parameter, biases too. A parameter without
/// gradient is left alone. Not for several threads at once.
class MEDVLM_API AdamW {
 public:
  /// The parameters are leaves that require gradients; they are changed in place.
  explicit AdamW(std::vector<at::Tensor> parameters, AdamWOptions options = {});

  void zero_grad();
  /// One update from the gradients of the parameters.
  void step(double learning_rate);

  /// Adds the moments and step counts to `state`, under names that begin with `prefix`.
  void save(WeightMap& state, const std::string& prefix) const;
  /// The inverse. Throws Error(checkpoint) if something is missing or has another shape.
  void load(const WeightMap& state, const std::string& prefix);

  const std::vector<at::Tensor>& parameters() const { return parameters_; }

 private:
  std::vector<at::Tensor> parameters_;
  AdamWOptions options_;
  std::vector<at::Tensor> first_, second_;  ///< moments
  std::vector<std::int64_t> steps_;
};

/// Scales all gradients so that their common Euclidean norm is at most `limit`; 0: only measures. Returns the norm
/// before. (torch.nn.utils.clip_grad_norm_)
MEDVLM_API double clip_gradients(std::span<const at::Tensor> parameters, double limit);

}  // namespace medvlm::sdk::train
