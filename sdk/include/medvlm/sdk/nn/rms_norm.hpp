// Root-mean-square normalisation, as decoders have it instead of layer norms.
#pragma once

#include <string>

#include "medvlm/sdk/nn/parameters.hpp"

namespace medvlm::sdk::nn {

/// x / sqrt(mean(x^2) + epsilon) * weight over the last dimension; the weight is 1 + the stored one if `adds_one`.
/// Computed in float32 whatever the type of x (Zhang and Sennrich 2019, arXiv:1910.07467).
class MEDVLM_API RmsNorm {
 public:
  RmsNorm(std::int64_t width, double epsilon, bool adds_one = false)
      : width_(width), epsilon_(epsilon), adds_one_(adds_one) {}
  /// Declares `name.weight`.
  void declare(ParameterList& list, const std::string& name);
  at::Tensor forward(const at::Tensor& x) const;

 private:
  std::int64_t width_;
  double epsilon_;
  bool adds_one_;
  at::Tensor weight_;
};

}  // namespace medvlm::sdk::nn
