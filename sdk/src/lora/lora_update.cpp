#include "medvlm/sdk/lora/lora_update.hpp"

#include <ATen/ATen.h>

#include "medvlm/base/random.hpp"

namespace medvlm::sdk::lora {

LoraUpdate::LoraUpdate(LayerKind kind, at::Tensor a, at::Tensor b, double scaling, std::uint64_t index,
                       std::shared_ptr<const Dropout> dropout)
    : kind_(kind), a_(std::move(a)), b_(std::move(b)), scaling_(scaling), index_(index), dropout_(std::move(dropout)) {}

at::Tensor LoraUpdate::dropped(const at::Tensor& x) const {
  if (!dropout_->active || dropout_->rate <= 0) return x;
  at::Generator generator = at::globalContext().defaultGenerator(x.device()).clone();
  generator.set_current_seed(splitmix64(splitmix64(dropout_->seed ^ splitmix64(dropout_->step)) + index_));
  const double keep = 1 - dropout_->rate;
  return x * at::empty_like(x).bernoulli_(keep, generator).div_(keep);
}

at::Tensor LoraUpdate::forward(const at::Tensor& input, const at::Tensor& output) {
  // In float32 whatever the model's type, as PEFT does: small updates would be lost in 16 bits.
  const at::Tensor low = kind_ == LayerKind::embedding ? at::embedding(a_.t(), input)
                                                       : at::linear(dropped(input.to(a_.scalar_type())), a_);
  return (output + at::linear(low, b_) * scaling_).to(output.scalar_type());
}

at::Tensor LoraUpdate::merged(const at::Tensor& weight) const {
  at::Tensor change = at::matmul(b_, a_) * scaling_;
  if (kind_ == LayerKind::embedding) change = change.t();
  return (weight.to(a_.scalar_type()) + change).to(weight.scalar_type()).detach().contiguous();
}

}  // namespace medvlm::sdk::lora
