// The walk of `medvlm run` over a study's scenarios: which of them, how far, and what happens when one fails.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "results_table.hpp"
#include "scenario_pattern.hpp"
#include "study_runner.hpp"

namespace medvlm::launcher {

struct RunRequest {
  JournalMode mode = JournalMode::resume;
  ScenarioPatterns only{{}};      ///< empty: every scenario
  std::optional<Shard> shard;     ///< predict this part of each scenario and score nothing
  bool train_only = false;        ///< train the adapters and stop there
  bool continue_on_error = false; ///< a scenario that fails as a whole does not end the run
};

/// A scenario that failed as a whole; its folder has `error.json`.
struct FailedScenario {
  std::string name;
  Error error;
};

struct RunOutcome {
  std::vector<TableRow> rows;                               ///< of the scenarios that were evaluated
  std::vector<std::pair<std::string, ShardResult>> shards;  ///< by scenario
  std::vector<std::string> trained;                         ///< with `train_only`: scenarios whose adapter is trained
  std::vector<FailedScenario> failed;
};

/// The scenarios that the request picks, in the study's order. Throws Error(usage) for a pattern that picks none.
std::vector<PlannedScenario> picked(std::vector<PlannedScenario> scenarios, const ScenarioPatterns& only);

/// All scenarios of one model after another: first every training, then every test, so that no test split is open while an
/// adapter of that model learns. Stops between scenarios if the user asks for it. Throws what a scenario throws, unless the
/// request goes on after errors.
RunOutcome run_scenarios(StudyRunner& runner, const RunRequest& request, std::vector<PlannedScenario> scenarios,
                         Progress& progress);

}  // namespace medvlm::launcher
