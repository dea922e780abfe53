// LoRA (Hu et al., 2021) on one layer: y = W x + b + scaling * B A dropout(x).
#pragma once

#include <cstdint>
#include <memory>

#include <ATen/core/Generator.h>

#include "medvlm/core/adaptable.hpp"

namespace medvlm::sdk::lora {

/// What all updates of one training share. Dropout masks depend on (seed, step, layer) alone, so that a resumed training,
/// and a block that is computed again for its gradients, see the same.
struct Dropout {
  double rate = 0;
  bool active = false;      ///< while training only
  std::uint64_t seed = 0;
  std::uint64_t step = 0;
};

/// The update of one layer. Linear: A [rank, in], B [out, rank]. Embedding: A [rank, count], B [width, rank]; no dropout.
class MEDVLM_API LoraUpdate final : public LayerUpdate {
 public:
  LoraUpdate(LayerKind kind, at::Tensor a, at::Tensor b, double scaling, std::uint64_t index,
             std::shared_ptr<const Dropout> dropout);

  at::Tensor forward(const at::Tensor& input, const at::Tensor& output) override;
  at::Tensor merged(const at::Tensor& weight) const override;

  /// Float32 leaves on the layer's device.
  const at::Tensor& a() const { return a_; }
  const at::Tensor& b() const { return b_; }
  double scaling() const { return scaling_; }

 private:
  at::Tensor dropped(const at::Tensor& x) const;

  LayerKind kind_;
  at::Tensor a_, b_;
  double scaling_;
  std::uint64_t index_;  ///< of the layer, for the dropout
  std::shared_ptr<const Dropout> dropout_;
};

}  // namespace medvlm::sdk::lora
