// The loop that both kinds of checkpoints learn in.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

#include "medvlm/base/random.hpp"

namespace medvlm::demo {

struct TrainingPlan {
  std::int64_t pictures = 8000;
  std::int64_t epochs = 10;
  std::int64_t batch = 64;
  double learning_rate = 1e-3;
  double weight_decay = 0.05;
  std::uint64_t seed = 1;
};

/// The loss of the pictures with these numbers; `random` is the epoch's generator.
using BatchLoss = std::function<at::Tensor(std::span<const std::size_t> pictures, Splitmix64& random)>;

/// AdamW over the plan's pictures, shuffled in every epoch, with a cosine schedule; prints the mean loss of each epoch.
void run_epochs(const TrainingPlan& plan, const std::vector<at::Tensor>& weights, const BatchLoss& loss_of);

}  // namespace medvlm::demo
