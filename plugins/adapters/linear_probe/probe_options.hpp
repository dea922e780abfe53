// The options of the probe and what both solvers are given.
#pragma once

#include <vector>

#include <ATen/core/Tensor.h>
#include <nlohmann/json.hpp>

#include "medvlm/base/options.hpp"
#include "medvlm/core/data.hpp"
#include "medvlm/sdk/train/linear_head.hpp"
#include "medvlm/sdk/train/schedule.hpp"

namespace medvlm::linear_probe {

struct ProbeOptions {
  bool adamw = false;
  bool class_weights = true;
  bool standardise = true;
  bool unit_length = false;
  // lbfgs
  std::vector<double> strengths;  ///< ascending
  int folds = 5;
  int max_iterations = 10000;
  // adamw
  double lr = 5e-5;
  std::int64_t epochs = 10;
  std::int64_t batch_size = 8;
  double weight_decay = 0;
  double max_grad_norm = 1;
  sdk::train::Decay decay = sdk::train::Decay::linear;

  /// Throws Error(config).
  static ProbeOptions read(const Options& options);
};

/// Features with their labels.
struct LabelledFeatures {
  at::Tensor features;  ///< float32 [n, d]
  at::Tensor labels;    ///< as sdk::train::label_tensor()
};

/// What a probe learns from.
struct ProbeData {
  const DatasetInfo* dataset = nullptr;
  LabelledFeatures train;
  LabelledFeatures validation;  ///< undefined where the dataset has no validation split
  std::vector<int> folds;       ///< of the train samples, where there is no validation split
  std::uint64_t seed = 0;
};

/// A trained probe and the story of its training, for the report.
struct TrainedProbe {
  sdk::train::LinearHead head;  ///< logits of classes; of class 1 alone where it has one row for two classes
  nlohmann::ordered_json report;
};

}  // namespace medvlm::linear_probe
