// What a training needs to go on after a kill: one file, written atomically.
#pragma once

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "trainer.hpp"

namespace medvlm::lora {

struct TrainingState {
  std::int64_t step = 0;        ///< updates that are done
  double loss = 0, weight = 0;  ///< of the epoch so far
  std::int64_t failed_images = 0;     ///< in the first epoch
  std::int64_t failed_questions = 0;  ///< the same
  nlohmann::ordered_json log = nlohmann::ordered_json::array();  ///< one entry per finished epoch
  std::vector<std::string> without_gradient;  ///< layers, found at the first update
  double best_loss = std::numeric_limits<double>::infinity();
  std::int64_t best_epoch = 0;  ///< 0: none yet
  sdk::WeightMap best;          ///< the weights of that epoch
};

/// Weights of adapter and head by name, as they are now (copies).
sdk::WeightMap current_weights(const sdk::lora::LoraAdapter& adapter, const Objective& objective);
/// Puts them back in place. Throws Error(checkpoint) for names or shapes that differ.
void restore_weights(const sdk::WeightMap& weights, const sdk::lora::LoraAdapter& adapter, const Objective& objective);

void save_state(const std::filesystem::path& file, const TrainingState& state, const sdk::lora::LoraAdapter& adapter,
                const Objective& objective, const Trainer& trainer);
/// Reads the state and puts weights and moments in place. Throws Error(checkpoint).
TrainingState load_state(const std::filesystem::path& file, const sdk::lora::LoraAdapter& adapter,
                         const Objective& objective, Trainer& trainer);

}  // namespace medvlm::lora
