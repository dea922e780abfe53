// The options of the LoRA adapter. What is not set depends on the task: encoders and answering models have other recipes.
#pragma once

#include <filesystem>
#include <optional>

#include "medvlm/base/options.hpp"
#include "medvlm/core/data.hpp"
#include "medvlm/sdk/lora/lora_adapter.hpp"
#include "medvlm/sdk/train/schedule.hpp"
#include "medvlm/sdk/zero_shot/class_prompts.hpp"

namespace medvlm::lora {

/// How the adapter trains.
struct TrainingOptions {
  std::int64_t epochs = 10;
  std::int64_t batch_size = 8;
  std::int64_t micro_batch = 0;  ///< 0: the whole batch
  bool gradient_checkpointing = false;
  double lr = 5e-5;
  sdk::train::Decay decay = sdk::train::Decay::linear;
  double warmup = 0;  ///< part of all updates
  double weight_decay = 0;
  double max_grad_norm = 1;
  bool class_weights = true;
  bool mixed_precision = false;
  std::int64_t patience = 0;
  double validation_fraction = 0.1;
  std::int64_t save_steps = 1000;
};

struct LoraOptions {
  bool prompt_head = false;
  sdk::lora::LoraSettings settings;
  sdk::lora::TargetChoice targets;
  std::optional<std::filesystem::path> adapter;
  sdk::ClassPrompts::Wish prompts;
  TrainingOptions training;

  /// For datasets of one task. Throws Error(config) for what can serve no dataset of that task.
  static LoraOptions read(const Options& options, Task task);
};

}  // namespace medvlm::lora
