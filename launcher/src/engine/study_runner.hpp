// Walks over the scenarios of a study: one model in memory at a time, each dataset listed once.
#pragma once

#include <functional>
#include <map>

#include "medvlm/core/scenario.hpp"
#include "scenario_identity.hpp"
#include "workbench.hpp"

namespace medvlm::launcher {

/// A scenario of the study, before it runs.
struct PlannedScenario {
  std::string name;               ///< "model/dataset/adapter"
  std::filesystem::path folder;
  ScenarioParts parts;
  const std::vector<Sample>* samples = nullptr;
  Item<Model>* model = nullptr;
  Item<Dataset>* dataset = nullptr;
  c10::Device device = c10::kCPU;
  c10::ScalarType dtype = c10::kFloat;
};

class StudyRunner {
 public:
  explicit StudyRunner(Workbench& bench) : bench_(bench) {}

  /// Calls `visit` for every scenario, grouped by model. Checks devices and types of all models first.
  void for_each(const std::function<void(PlannedScenario&)>& visit);

  /// Loads the model if it is not the one in memory, and evaluates.
  ScenarioResult evaluate(PlannedScenario& planned, JournalMode mode, Progress& progress);

 private:
  const std::vector<Sample>& samples_of(Item<Dataset>& dataset);
  void load(PlannedScenario& planned);

  Workbench& bench_;
  std::map<const Item<Dataset>*, std::pair<std::vector<Sample>, std::string>> samples_;
  const Item<Model>* loaded_ = nullptr;
};

}  // namespace medvlm::launcher
