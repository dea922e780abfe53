// One layer of a decoder: attention and gated MLP with their norms.
#pragma once

#include "attention.hpp"

namespace medvlm::sdk::language {

class DecoderLayer {
 public:
  DecoderLayer(const DecoderShape& shape, std::int64_t index);
  /// Declares the layer's tensors below `name`, e.g. "model.layers.0".
  void declare(nn::ParameterList& list, const std::string& name);
  /// x [n, t, width] -> the same. Appends to the cache.
  at::Tensor forward(const at::Tensor& x, const Rotary& rotary, const Visibility& visibility, KeyValueCache& cache) const;
  bool sliding() const { return sliding_; }

 private:
  at::Tensor attend_to(const at::Tensor& x, const Rotary& rotary, const Visibility& visibility, KeyValueCache& cache) const;
  at::Tensor mlp(const at::Tensor& x) const;

  const DecoderShape& shape_;
  std::int64_t index_;
  bool sliding_;
  double scale_;
  nn::Linear query_, key_, value_, output_;
  nn::Linear gate_, up_, down_;
  nn::RmsNorm query_norm_, key_norm_;
  nn::RmsNorm before_attention_, after_attention_, before_mlp_, after_mlp_;
};

}  // namespace medvlm::sdk::language
