// What `medvlm plan` prints: a table of at most 120 columns, or JSON.
#pragma once

#include <string>
#include <vector>

#include "study_forecast.hpp"

namespace medvlm::launcher {

/// A variable of the environment that an option names (its name ends with "_env") and that is not set.
struct MissingVariable {
  std::string variable;
  std::string key;   ///< "models.o3.api_key_env"
  std::size_t scenarios = 0;  ///< that are not done and need it
};

struct PlanReport {
  std::vector<PlannedScenario> scenarios;
  std::vector<ScenarioProgress> progress;  ///< one per scenario
  StudyForecast forecast;
  std::vector<MissingVariable> missing;
};

/// Columns model, dataset, adapter, state, done (predictions of how many), failed, images (to encode), trains (parameters),
/// time, disk. Below: totals, what times rest on, what changed, what failed, what is missing.
std::string plan_table(const PlanReport& report);

/// {"scenarios": [...], "totals": {...}, "missing_variables": [...]}
std::string plan_json(const PlanReport& report);

}  // namespace medvlm::launcher
