#include "study_runner.hpp"

#include <algorithm>
#include <thread>

#include "medvlm/base/hash.hpp"
#include "medvlm/core/device.hpp"
#include "medvlm/core/identity.hpp"
#include "pairing.hpp"

namespace medvlm::launcher {
namespace {

/// "cluster" if the study asks for it, or leaves it open and the dataset names a group of dependent samples.
std::string bootstrap_unit(const Study& study, const DatasetInfo& dataset) {
  if (study.bootstrap.unit != "auto") {
    if (study.bootstrap.unit == "cluster" && dataset.cluster_group.empty()) {
      throw Error(ErrorCode::config, "bootstrap.unit is 'cluster', but dataset '" + dataset.name +
                                         "' names no group of dependent samples; use 'auto' or 'sample'");
    }
    return study.bootstrap.unit;
  }
  return dataset.cluster_group.empty() ? "sample" : "cluster";
}

std::string hash_training_samples(Dataset& dataset) {
  std::string hashes;
  for (const Split split : dataset.splits()) {
    if (split != Split::test) hashes += hash_samples(dataset.samples(split));
  }
  return Sha256().add_field(hashes).hex();
}

}  // namespace

const TestSet& StudyRunner::test_set(const Item<Dataset>& dataset) {
  auto [found, added] = test_sets_.try_emplace(&dataset);
  if (added) {
    try {
      found->second.samples = bench_.test_samples(*dataset.object);
    } catch (Error& error) {
      test_sets_.erase(found);
      throw error.add_context("dataset '" + dataset.entry.name + "'");
    }
    found->second.sha256 = hash_samples(found->second.samples);
  }
  return found->second;
}

const std::string& StudyRunner::training_sha256(const Item<Dataset>& dataset) {
  auto [found, added] = training_hashes_.try_emplace(&dataset);
  if (added) {
    try {
      found->second = hash_training_samples(*dataset.object);
    } catch (Error& error) {
      training_hashes_.erase(found);
      throw error.add_context("dataset '" + dataset.entry.name + "'");
    }
  }
  return found->second;
}

std::vector<PlannedScenario> StudyRunner::plan() {
  const Study& study = bench_.study();
  const c10::Device device = parse_device(study.run.device);
  for (auto& model : bench_.models()) parse_dtype(study.run.dtype, model.object->info(), device);
  std::vector<PlannedScenario> scenarios;
  for (auto& model : bench_.models()) {
    const auto dtype = parse_dtype(study.run.dtype, model.object->info(), device);
    const std::string weights = hash_files(model.object->info().files, study.output / "cache" / "checkpoints.json");
    for (auto& dataset : bench_.datasets()) {
      for (auto& adapter : bench_.adapters()) {
        if (!fits(model, dataset, adapter)) continue;
        const bool trains = adapter.object->traits(dataset.object->info()).trains;
        const std::string name = model.entry.name + "/" + dataset.entry.name + "/" + adapter.entry.name;
        scenarios.push_back({name, study.output / model.entry.name / dataset.entry.name / adapter.entry.name,
                             {model, dataset, adapter, metrics_for(bench_.metrics(), dataset), adapter.entry.seed.value_or(study.seed), weights,
                              trains ? training_sha256(dataset) : "", device.str(), dtype_name(dtype),
                              bootstrap_unit(study, dataset.object->info())},
                             &model, &dataset, device, dtype, trains});
      }
    }
  }
  return scenarios;
}

bool StudyRunner::must_train(const PlannedScenario& planned) const {
  if (!planned.trains) return false;
  const TrainingState state = inspect_training(planned.folder, training_identity(bench_.study(), planned.parts));
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
                     scenario_manifest(study, planned.parts, test.sha256)};
  };
  scenario.adapter = adapter.get();
  for (const Item<Metric>* metric : planned.parts.metrics) scenario.metrics.push_back({metric->entry.name, metric->object.get()});
  if (planned.trains) scenario.training_identity = training_identity(study, planned.parts);
  scenario.seed = planned.parts.seed;
  scenario.batch_size = study.run.batch_size;
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
