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
  Item<Model>* model = nullptr;
  Item<Dataset>* dataset = nullptr;
  c10::Device device = c10::kCPU;
  c10::ScalarType dtype = c10::kFloat;
  bool trains = false;            ///< its adapter learns from the train split
};

/// A dataset's test split as the study uses it.
struct TestSet {
  std::vector<Sample> samples;
  std::string sha256;
};

/// The train and validation samples of a dataset, without keeping them.
struct TrainingSet {
  std::size_t size = 0;
  std::string sha256;
};

class StudyRunner {
 public:
  explicit StudyRunner(Workbench& bench) : bench_(bench) {}

  /// Every scenario, grouped by model. Checks devices and types of all models first. Opens no test split.
  std::vector<PlannedScenario> plan();

  /// True if a training is still to do, so that the test split must stay closed.
  bool must_train(const PlannedScenario& planned) const;
  /// True if something is left to compute, so that the model must be loaded. Opens the test split of a scenario that does
  /// not train.
  bool needs_model(const PlannedScenario& planned, JournalMode mode);
  /// Trains the scenario's adapter without opening the test split.
  void train(PlannedScenario& planned, JournalMode mode, Progress& progress);
  /// Loads the model if it is not the one in memory, trains where that is to do, and evaluates.
  ScenarioResult evaluate(PlannedScenario& planned, JournalMode mode, Progress& progress);

  /// Predicts one shard; see medvlm::predict_shard().
  ShardResult predict_shard(PlannedScenario& planned, Shard shard, JournalMode mode, Progress& progress);

  /// How many samples the test split of the dataset has, if it was opened.
  std::optional<std::size_t> opened_samples(const Item<Dataset>& dataset) const;
  /// The test split of a dataset, listed at the first call. Throws Error(data) if it is empty.
  const TestSet& test_set(const Item<Dataset>& dataset);
  /// What adapters learn from on a dataset, listed at the first call. Throws Error(data).
  const TrainingSet& training_set(const Item<Dataset>& dataset);

 private:
  void run(PlannedScenario& planned, JournalMode mode, const std::function<void(Scenario&)>& action);
  void load(PlannedScenario& planned);
  /// True if nothing is left to predict. Opens the test split.
  bool is_predicted(const PlannedScenario& planned);

  Workbench& bench_;
  std::map<const Item<Dataset>*, TestSet> test_sets_;
  std::map<const Item<Dataset>*, TrainingSet> training_sets_;
  const Item<Model>* loaded_ = nullptr;
};

}  // namespace medvlm::launcher
