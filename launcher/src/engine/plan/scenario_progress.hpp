// How far one scenario is, from what lies in its folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "study_runner.hpp"

namespace medvlm::launcher {

/// What a finished scenario tells about how long such work takes.
struct PastRun {
  double seconds = 0;             ///< of predicting and scoring, in the call that wrote the result
  std::size_t predictions = 0;    ///< made by that call
  double training_seconds = 0;
  std::uint64_t bytes = 0;        ///< of journal, predictions, result and rounds
};

struct ScenarioProgress {
  /// "done", "partial", "to do", "to train", "errored" (the last attempt failed as a whole) or "changed" (the folder holds
  /// results of other settings).
  std::string state;
  std::size_t records = 0;        ///< predictions that are there
  std::size_t errored = 0;        ///< of these
  bool must_train = false;
  std::vector<std::string> differences;  ///< of the folder's settings from the study's
  std::string error;              ///< of the last attempt: "code: message"; empty: none
  std::optional<PastRun> past;    ///< of a finished scenario
};

/// Looks into the scenario's folder; no prediction is read. `identity` as scenario_identity() gives it, `samples` is the size
/// of the test split. Throws Error(io) for files that cannot be read.
ScenarioProgress progress_of(const StudyRunner& runner, const PlannedScenario& planned, const std::string& identity,
                             std::size_t samples);

}  // namespace medvlm::launcher
