#include "medvlm/sdk/lora/lora_update.hpp"

#include <algorithm>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "medvlm/base/random.hpp"

namespace medvlm::sdk::lora {
namespace {

/// 0 or 1 / keep for every element of x. Four elements share the 64 bits of one counter: LibTorch's own generator goes
/// element by element on one core, which can take longer than the layer.
at::Tensor cpu_mask(const at::Tensor& x, double keep, std::uint64_t key) {
  at::Tensor mask = at::empty(x.sizes(), x.options());
  const auto limit = static_cast<std::uint32_t>(keep * 65536);
  const auto scale = static_cast<float>(65536.0 / limit);  // by the rate as rounded, so that the mean stays
  auto* const values = mask.mutable_data_ptr<float>();
  const std::int64_t count = mask.numel();
  at::parallel_for(0, (count + 3) / 4, 4096, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t four = begin; four < end; ++four) {
      std::uint64_t bits = splitmix64(key + static_cast<std::uint64_t>(four));
      for (std::int64_t i = 4 * four; i < std::min(4 * four + 4, count); ++i, bits >>= 16) {
        values[i] = (bits & 0xffff) < limit ? scale : 0.0F;
      }
    }
  });
  return mask;
}

}  // namespace

LoraUpdate::LoraUpdate(LayerKind kind, at::Tensor a, at::Tensor b, double scaling, std::uint64_t index,
                       std::shared_ptr<const Dropout> dropout)
    : kind_(kind), a_(std::move(a)), b_(std::move(b)), scaling_(scaling), index_(index), dropout_(std::move(dropout)) {}

at::Tensor LoraUpdate::dropped(const at::Tensor& x) const {
  if (!dropout_->active || dropout_->rate <= 0) return x;
  const std::uint64_t key = splitmix64(splitmix64(dropout_->seed ^ splitmix64(dropout_->step)) + index_);
  const double keep = 1 - dropout_->rate;
  if (x.is_cpu() && x.scalar_type() == at::kFloat) return x * cpu_mask(x, keep, key);
  at::Generator generator = at::globalContext().defaultGenerator(x.device()).clone();
  generator.set_current_seed(key);
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
