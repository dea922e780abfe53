// The probe as the original benchmark trains it: AdamW on a head with PyTorch's random start.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "medvlm/core/data.hpp"
#include "probe_options.hpp"

namespace medvlm::linear_probe {

/// One training from a given start in a given order.
struct AdamWRun {
  double lr = 5e-5;
  double weight_decay = 0;
  double max_grad_norm = 0;  ///< 0: not clipped
  sdk::train::Decay decay = sdk::train::Decay::linear;
  std::int64_t epochs = 10;
  std::int64_t batch_size = 8;
  at::Tensor class_weights;  ///< as sdk::train::balanced_weights(); undefined: none
  /// The order of the samples in an epoch.
  std::function<std::vector<std::int64_t>(std::int64_t epoch)> order;
  /// Called after each epoch; may throw to stop. May be empty.
  std::function<void()> checkpoint;
};

/// Changes the head in place; returns the mean loss of each epoch, before the updates. Features and head are float32.
std::vector<double> train_head(sdk::train::LinearHead& head, LabelKind kind, const LabelledFeatures& data,
                               const AdamWRun& run);

TrainedProbe solve_adamw(const ProbeData& data, const ProbeOptions& options, const std::function<void()>& checkpoint);

}  // namespace medvlm::linear_probe
