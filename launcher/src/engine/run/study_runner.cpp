#include "study_runner.hpp"

#include <algorithm>
#include <thread>

#include "medvlm/base/hash.hpp"
#include "medvlm/core/device.hpp"
#include "medvlm/core/identity.hpp"

namespace medvlm::launcher {
namespace {

TrainingSet list_training_samples(Dataset& dataset) {
  TrainingSet set;
  std::string hashes;
  for (const Split split : dataset.splits()) {
    if (split == Split::test) continue;
    const std::vector<Sample> samples = dataset.samples(split);
    set.size += samples.size();
    hashes += hash_samples(samples);
  }
  set.sha256 = Sha256().add_field(hashes).hex();
  return set;
}

}  // namespace

const TestSet& StudyRunner::test_set(const Item<Dataset>& dataset) {
  auto [found, added] = test_sets_.try_emplace(&dataset);
  if (added) {
    try {
      found->second.samples = bench_.test_samples(dataset);
    } catch (Error& error) {
      test_sets_.erase(found);
      throw error.add_context("dataset '" + dataset.entry.name + "'");
    }
    found->second.sha256 = hash_samples(found->second.samples);
  }
  return found->second;
}

const TrainingSet& StudyRunner::training_set(const Item<Dataset>& dataset) {
  auto [found, added] = training_sets_.try_emplace(&dataset);
  if (added) {
    try {
      found->second = list_training_samples(*dataset.object);
    } catch (Error& error) {
      training_sets_.erase(found);
      throw error.add_context("dataset '" + dataset.entry.name + "'");
    }
  }
  return found->second;
}

bool StudyRunner::must_train(const PlannedScenario& planned) const {
  if (!planned.trains) return false;
  const TrainingState state = inspect_training(planned.folder, training_identity(planned.parts));
  return state.stage != TrainingState::Stage::finished || !state.differences.empty();
}

void StudyRunner::load(PlannedScenario& planned) {
  if (loaded_ == planned.model) return;
  // One model in memory at a time: the one before is replaced by a fresh object without weights.
  for (auto& model : bench_.models()) {
    if (&model == loaded_) model.object = registry::create_plugin<Model>(*model.manifest, model.options);
  }
  loaded_ = planned.model;
  planned.model->object->load(planned.device, planned.dtype);
}

void StudyRunner::run(PlannedScenario& planned, JournalMode mode, const std::function<void(Scenario&)>& action) {
  const Study& study = bench_.study();
  const auto adapter = bench_.make_adapter(planned.parts.adapter);
  std::unique_ptr<EmbeddingCache> cache;
  if (study.run.cache && planned.model->object->encoder()) {
    cache = std::make_unique<EmbeddingCache>(study.run.cache_folder, encoder_key(planned.parts));
  }
  Scenario scenario;
  scenario.name = planned.name;
  scenario.folder = planned.folder;
  scenario.model = planned.model->object.get();
  scenario.dataset = planned.dataset->object.get();
  scenario.open_test = [&] {
    const TestSet& test = test_set(*planned.dataset);
    return TestSplit{test.samples, scenario_identity(study, planned.parts, test.sha256),
                     scenario_manifest(study, planned.parts, test.sha256), test.sha256};
  };
  scenario.adapter = adapter.get();
  for (const Item<Metric>* metric : planned.parts.metrics) scenario.metrics.push_back({metric->entry.name, metric->object.get()});
  if (planned.trains) scenario.training_identity = training_identity(planned.parts);
  scenario.seed = planned.parts.seed;
  scenario.batch_size = planned.parts.batch_size;
  const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  scenario.loader_threads = study.run.loader_threads > 0 ? study.run.loader_threads : int(cores);
  scenario.cache = cache.get();
  scenario.mode = mode;
  scenario.bootstrap.rounds = study.bootstrap.rounds;
  scenario.bootstrap.seed = study.seed;
  scenario.bootstrap.confidence = study.bootstrap.confidence;
  scenario.bootstrap.unit = planned.parts.unit == "cluster" ? BootstrapOptions::Unit::cluster : BootstrapOptions::Unit::sample;
  scenario.subgroups = {study.scoring.subgroups, study.scoring.min_samples};
  action(scenario);
}

void StudyRunner::train(PlannedScenario& planned, JournalMode mode, Progress& progress) {
  try {
    load(planned);
    run(planned, mode, [&](Scenario& scenario) { medvlm::train(scenario, progress); });
  } catch (Error& error) {
    throw error.add_context(planned.name);
  }
}

ScenarioResult StudyRunner::evaluate(PlannedScenario& planned, JournalMode mode, Progress& progress) {
  try {
    // A finished scenario is only scored: its model need not be loaded.
    if (needs_model(planned, mode)) load(planned);
    ScenarioResult result;
    run(planned, mode, [&](Scenario& scenario) { result = medvlm::evaluate(scenario, progress); });
    return result;
  } catch (Error& error) {
    throw error.add_context(planned.name);
  }
}

ShardResult StudyRunner::predict_shard(PlannedScenario& planned, Shard shard, JournalMode mode, Progress& progress) {
  try {
    load(planned);
    ShardResult result;
    run(planned, mode, [&](Scenario& scenario) { result = medvlm::predict_shard(scenario, shard, progress); });
    return result;
  } catch (Error& error) {
    throw error.add_context(planned.name);
  }
}

std::optional<std::size_t> StudyRunner::opened_samples(const Item<Dataset>& dataset) const {
  const auto found = test_sets_.find(&dataset);
  if (found == test_sets_.end()) return std::nullopt;
  return found->second.samples.size();
}

bool StudyRunner::needs_model(const PlannedScenario& planned, JournalMode mode) {
  return mode == JournalMode::fresh || must_train(planned) || !is_predicted(planned);
}

bool StudyRunner::is_predicted(const PlannedScenario& planned) {
  const TestSet& test = test_set(*planned.dataset);
  const std::string identity = scenario_identity(bench_.study(), planned.parts, test.sha256);
  if (inspect_journal(planned.folder, identity).records < test.samples.size()) return false;
  const bool needs_train = std::any_of(planned.parts.metrics.begin(), planned.parts.metrics.end(),
                                       [](const auto* metric) { return metric->object->needs_train_predictions(); });
  // A dataset without a train split has nothing to predict there.
  if (!has_split(*planned.dataset->object, Split::train)) return true;
  return !needs_train || inspect_journal(planned.folder / "train", identity).records ==
                             planned.dataset->object->samples(Split::train).size();
}

}  // namespace medvlm::launcher
