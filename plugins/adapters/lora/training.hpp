// The whole training: epochs over the train split, validation, saving, going on.
#pragma once

#include "training_state.hpp"
#include "medvlm/core/adapter.hpp"

namespace medvlm::lora {

/// Samples whose label or answer is known.
struct KnownSamples {
  std::vector<Sample> samples;
  at::Tensor labels;  ///< undefined for answers
};

/// What is trained on.
struct TrainingSamples {
  KnownSamples train;
  KnownSamples validation;  ///< empty without early stopping
  std::int64_t unlabelled = 0;
};

/// Reads the train split and, for early stopping, the validation split or a held-out part of the train split. Throws
/// Error(data) if there is nothing to tell apart, or no answer to learn.
TrainingSamples read_samples(AdapterContext& context, const TrainingOptions& options);

/// Trains, or goes on with what `folder` of the context holds. Returns the report. Throws Error(interrupted) after saving
/// when the user asks to stop, and Error(config) if no update can learn.
nlohmann::ordered_json train(AdapterContext& context, const TrainingSamples& samples, sdk::lora::LoraAdapter& adapter,
                             Objective& objective, const TrainingOptions& options);

/// The file in the context's folder that holds the state of a training that has not ended.
std::filesystem::path state_file(const std::filesystem::path& folder);

}  // namespace medvlm::lora
