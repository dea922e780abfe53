// What the rest of a study would take: images to encode, parameters to train, time and disk.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "scenario_progress.hpp"

namespace medvlm::launcher {

/// Where a time comes from.
enum class Basis { nothing_to_do, finished_scenarios, rule_of_thumb, unknown };

struct ScenarioForecast {
  std::size_t samples = 0;             ///< of the test split
  std::size_t cached_embeddings = 0;   ///< of the embeddings that the scenario needs, those in the cache or made by one before
  std::size_t images_to_encode = 0;    ///< that must pass through the model once, shared ones at the first scenario that needs them
  double training_images = 0;          ///< that pass through the model while the adapter trains: images times epochs
  std::int64_t trainable_parameters = 0;  ///< to train; -1: not known before
  double seconds = std::numeric_limits<double>::quiet_NaN();  ///< NaN: unknown
  Basis basis = Basis::unknown;
  double bytes = 0;                    ///< on the disk
};

struct StudyForecast {
  std::vector<ScenarioForecast> scenarios;  ///< one per planned scenario
  double matrix_rate = 0;  ///< operations a second that the rule of thumb rests on; 0: it was not needed
};

/// `progress` holds one per scenario. Finished scenarios of the same model tell how long its work takes; without any, a forward
/// pass is taken to be 2 operations a parameter and token, with 200 tokens an image and 1000 a question, a training pass three
/// forward passes, at half the rate at which this machine multiplies matrices.
StudyForecast forecast(StudyRunner& runner, const Study& study, const std::vector<PlannedScenario>& scenarios,
                       const std::vector<ScenarioProgress>& progress);

}  // namespace medvlm::launcher
