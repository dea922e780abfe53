#include "trainer.hpp"

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <c10/core/GradMode.h>

#include "medvlm/sdk/nn/checkpointing.hpp"
#include "medvlm/sdk/train/classification.hpp"

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

std::vector<at::Tensor> all_parameters(const sdk::lora::LoraAdapter& adapter, const Classifier& classifier) {
  std::vector<at::Tensor> parameters = adapter.parameters();
  for (const at::Tensor& parameter : classifier.parameters()) parameters.push_back(parameter);
  return parameters;
}

}  // namespace

Trainer::Trainer(sdk::lora::LoraAdapter& adapter, Classifier& classifier, LabelKind kind, at::Tensor class_weights,
                 const TrainingOptions& options)
    : adapter_(adapter),
      classifier_(classifier),
      kind_(kind),
      class_weights_(std::move(class_weights)),
      options_(options),
      optimizer_(all_parameters(adapter, classifier), {options.weight_decay}) {
  adapter_.require_gradients(true);
  classifier_.require_gradients(true);
}

Trainer::~Trainer() {
  optimizer_.zero_grad();
  adapter_.require_gradients(false);
  classifier_.require_gradients(false);
}

at::Tensor Trainer::batch_loss(std::span<const ProcessedImage> images, const at::Tensor& labels, const at::Tensor& weights) {
  const at::Tensor logits = classifier_.logits(images);
  return loss_sum(kind_, logits.scalar_type() == at::kDouble ? logits : logits.to(at::kFloat), labels.to(logits.device()),
                  weights);
}

Trainer::Result Trainer::update(const Batch& batch, std::int64_t step, double learning_rate) {
  Result result;
  const at::Tensor weights = label_weights(kind_, batch.labels, class_weights_);
  result.weight = weights.sum().item<double>();
  if (!(result.weight > 0)) return result;
  optimizer_.zero_grad();
  sdk::lora::Dropout& dropout = adapter_.dropout();
  dropout.active = true;
  const auto n = static_cast<std::int64_t>(batch.images.size());
  const std::int64_t micro = options_.micro_batch > 0 ? std::min(options_.micro_batch, n) : n;
  for (std::int64_t first = 0; first < n; first += micro) {
    const std::int64_t count = std::min(micro, n - first);
    // Each part of a batch has masks of its own.
    dropout.step = (static_cast<std::uint64_t>(step) << 20) + static_cast<std::uint64_t>(first);
    const sdk::nn::GradientCheckpointing checkpointing(options_.gradient_checkpointing);
    at::Tensor loss;
    {
      const Autocast autocast(options_.mixed_precision);
      loss = batch_loss(std::span(batch.images).subspan(std::size_t(first), std::size_t(count)),
                        batch.labels.narrow(0, first, count), weights.narrow(0, first, count));
    }
    (loss / result.weight).backward();
    result.loss += loss.item<double>();
  }
  dropout.active = false;
  result.gradient_norm = clip_gradients(optimizer_.parameters(), options_.max_grad_norm);
  optimizer_.step(learning_rate);
  return result;
}

Trainer::Result Trainer::evaluate(const Batch& batch) {
  const c10::NoGradGuard frozen;
  const Autocast autocast(options_.mixed_precision);
  const at::Tensor weights = label_weights(kind_, batch.labels, class_weights_);
  return {batch_loss(batch.images, batch.labels, weights).item<double>(), weights.sum().item<double>(), 0};
}

}  // namespace medvlm::lora
