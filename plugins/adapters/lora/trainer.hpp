// One update of the adapter and its head, from one batch.
#pragma once

#include <span>
#include <vector>

#include "classifier.hpp"
#include "lora_options.hpp"
#include "medvlm/sdk/train/adamw.hpp"

namespace medvlm::lora {

/// Preprocessed images with their labels (as sdk::train::label_tensor()).
struct Batch {
  std::vector<ProcessedImage> images;
  at::Tensor labels;
};

class Trainer {
 public:
  /// Lets gradients flow into adapter and classifier until it is destroyed. `class_weights`: as
  /// sdk::train::balanced_weights(), or undefined. All must outlive it.
  Trainer(sdk::lora::LoraAdapter& adapter, Classifier& classifier, LabelKind kind, at::Tensor class_weights,
          const TrainingOptions& options);
  ~Trainer();
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  struct Result {
    double loss = 0;           ///< weighted sum, before the update
    double weight = 0;         ///< sum of the weights; 0: nothing was known, nothing was updated
    double gradient_norm = 0;  ///< before clipping
  };
  /// The `step`-th update; `step` decides the dropout. The gradients stay until the next one.
  Result update(const Batch& batch, std::int64_t step, double learning_rate);
  /// The loss without dropout and without gradients.
  Result evaluate(const Batch& batch);

  sdk::train::AdamW& optimizer() { return optimizer_; }
  const sdk::train::AdamW& optimizer() const { return optimizer_; }

 private:
  at::Tensor batch_loss(std::span<const ProcessedImage> images, const at::Tensor& labels, const at::Tensor& weights);

  sdk::lora::LoraAdapter& adapter_;
  Classifier& classifier_;
  LabelKind kind_;
  at::Tensor class_weights_;
  TrainingOptions options_;
  sdk::train::AdamW optimizer_;
};

}  // namespace medvlm::lora
