#include "trainer.hpp"

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <c10/core/GradMode.h>

#include "medvlm/sdk/nn/checkpointing.hpp"

namespace medvlm::lora {
namespace {

using namespace sdk::train;

/// bfloat16 products on the GPU while it lives.
class Autocast {
 public:
  explicit Autocast(bool wanted)
      : wanted_(wanted),
        enabled_(at::autocast::is_autocast_enabled(at::kCUDA)),
        dtype_(at::autocast::get_autocast_dtype(at::kCUDA)) {
    if (!wanted_) return;
    at::autocast::set_autocast_enabled(at::kCUDA, true);
    at::autocast::set_autocast_dtype(at::kCUDA, at::kBFloat16);
  }
  ~Autocast() {
    if (!wanted_) return;
    at::autocast::set_autocast_enabled(at::kCUDA, enabled_);
    at::autocast::set_autocast_dtype(at::kCUDA, dtype_);
    at::autocast::clear_cache();
  }
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;

 private:
  bool wanted_, enabled_;
  at::ScalarType dtype_;
};

void scale_gradients(const std::vector<at::Tensor>& parameters, double factor) {
  for (const at::Tensor& parameter : parameters) {
    if (parameter.grad().defined()) parameter.mutable_grad().mul_(factor);
  }
}

std::vector<at::Tensor> all_parameters(const sdk::lora::LoraAdapter& adapter, const Objective& objective) {
  std::vector<at::Tensor> parameters = adapter.parameters();
  for (const auto& [name, parameter] : objective.parameters()) parameters.push_back(parameter);
  return parameters;
}

}  // namespace

Trainer::Trainer(sdk::lora::LoraAdapter& adapter, Objective& objective, const TrainingOptions& options)
    : adapter_(adapter),
      objective_(objective),
      options_(options),
      optimizer_(all_parameters(adapter, objective), {options.weight_decay}) {
  require_gradients(true);
}

Trainer::~Trainer() {
  optimizer_.zero_grad();
  require_gradients(false);
}

void Trainer::require_gradients(bool wanted) {
  adapter_.require_gradients(wanted);
  for (auto& [name, parameter] : objective_.parameters()) at::Tensor(parameter).requires_grad_(wanted);
}

void Trainer::accumulate(const Batch& batch, std::int64_t first, std::int64_t count, std::optional<double> divisor,
                         Result& result) {
  const sdk::nn::GradientCheckpointing checkpointing(options_.gradient_checkpointing);
  Loss loss;
  {
    const Autocast autocast(options_.mixed_precision);
    loss = objective_.loss(batch, first, count);
  }
  result.failed += loss.failed;
  if (!divisor) result.weight += loss.weight;
  if (!loss.sum.defined()) return;
  // An update that reaches nothing gives a loss without gradients; the training finds that out.
  if (loss.sum.requires_grad()) (divisor ? loss.sum / *divisor : loss.sum).backward();
  result.loss += loss.sum.item<double>();
}

Trainer::Result Trainer::update(const Batch& batch, std::int64_t step, double learning_rate) {
  Result result;
  const std::optional<double> known = objective_.weight(batch);
  result.weight = known.value_or(0);
  if (known && !(*known > 0)) return result;
  optimizer_.zero_grad();
  sdk::lora::Dropout& dropout = adapter_.dropout();
  dropout.active = true;
  const auto n = static_cast<std::int64_t>(batch.images.size());
  const std::int64_t micro = options_.micro_batch > 0 ? std::min(options_.micro_batch, n) : n;
  for (std::int64_t first = 0; first < n; first += micro) {
    // Each part of a batch has masks of its own.
    dropout.step = (static_cast<std::uint64_t>(step) << 20) + static_cast<std::uint64_t>(first);
    accumulate(batch, first, std::min(micro, n - first), known, result);
  }
  dropout.active = false;
  if (!(result.weight > 0)) return result;
  if (!known) scale_gradients(optimizer_.parameters(), 1 / result.weight);
  result.gradient_norm = clip_gradients(optimizer_.parameters(), options_.max_grad_norm);
  optimizer_.step(learning_rate);
  return result;
}

Trainer::Result Trainer::evaluate(const Batch& batch) {
  const c10::NoGradGuard frozen;
  const Autocast autocast(options_.mixed_precision);
  const Loss loss = objective_.loss(batch, 0, static_cast<std::int64_t>(batch.images.size()));
  return {loss.sum.defined() ? loss.sum.item<double>() : 0, loss.weight, 0, loss.failed};
}

}  // namespace medvlm::lora
