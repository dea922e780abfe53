// One update of the adapter and what learns with it, from one batch.
#pragma once

#include <vector>

#include "lora_options.hpp"
#include "medvlm/sdk/train/adamw.hpp"
#include "objective.hpp"

namespace medvlm::lora {

class Trainer {
 public:
  /// Lets gradients flow into the adapter and the objective's parameters until it is destroyed. All must outlive it.
  Trainer(sdk::lora::LoraAdapter& adapter, Objective& objective, const TrainingOptions& options);
  ~Trainer();
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  struct Result {
    double loss = 0;           ///< weighted sum, before the update
    double weight = 0;         ///< sum of the weights; 0: nothing was known, nothing was updated
    double gradient_norm = 0;  ///< before clipping
    std::int64_t failed = 0;   ///< samples that could not take part
  };
  /// The `step`-th update; `step` decides the dropout. The gradients stay until the next one.
  Result update(const Batch& batch, std::int64_t step, double learning_rate);
  /// The loss without dropout and without gradients.
  Result evaluate(const Batch& batch);

  sdk::train::AdamW& optimizer() { return optimizer_; }
  const sdk::train::AdamW& optimizer() const { return optimizer_; }

 private:
  /// Adds the gradients of one part of a batch, of the sum or, where `divisor` is known, of the mean.
  void accumulate(const Batch& batch, std::int64_t first, std::int64_t count, std::optional<double> divisor, Result& result);
  void require_gradients(bool wanted);

  sdk::lora::LoraAdapter& adapter_;
  Objective& objective_;
  TrainingOptions options_;
  sdk::train::AdamW optimizer_;
};

}  // namespace medvlm::lora
