#include "study_runner.hpp"

#include <thread>

#include "medvlm/base/log.hpp"
#include "medvlm/core/device.hpp"
#include "medvlm/core/identity.hpp"

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

bool is_finished(const PlannedScenario& planned, const std::string& identity) {
  const JournalState journal = inspect_journal(planned.folder, identity);
  return journal.records >= planned.samples->size();
}

}  // namespace

const std::vector<Sample>& StudyRunner::samples_of(Item<Dataset>& dataset) {
  auto [found, added] = samples_.try_emplace(&dataset);
  if (added) {
    try {
      found->second.first = bench_.test_samples(*dataset.object);
    } catch (Error& error) {
      throw error.add_context("dataset '" + dataset.entry.name + "'");
    }
    found->second.second = hash_samples(found->second.first);
  }
  return found->second.first;
}

void StudyRunner::for_each(const std::function<void(PlannedScenario&)>& visit) {
  const Study& study = bench_.study();
  const c10::Device device = parse_device(study.run.device);
  for (auto& model : bench_.models()) parse_dtype(study.run.dtype, model.object->info(), device);
  for (auto& dataset : bench_.datasets()) samples_of(dataset);
  for (auto& model : bench_.models()) {
    const auto dtype = parse_dtype(study.run.dtype, model.object->info(), device);
    const std::string weights = hash_files(model.object->info().files, study.output / "cache" / "checkpoints.json");
    for (auto& dataset : bench_.datasets()) {
      for (auto& adapter : bench_.adapters()) {
        const std::string name = model.entry.name + "/" + dataset.entry.name + "/" + adapter.entry.name;
        PlannedScenario planned{name,
                                study.output / model.entry.name / dataset.entry.name / adapter.entry.name,
                                {model, dataset, adapter, bench_.metrics(), weights, samples_[&dataset].second,
                                 device.str(), dtype_name(dtype), bootstrap_unit(study, dataset.object->info())},
                                &samples_[&dataset].first, &model, &dataset, device, dtype};
        visit(planned);
      }
    }
  }
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

ScenarioResult StudyRunner::evaluate(PlannedScenario& planned, JournalMode mode, Progress& progress) {
  const Study& study = bench_.study();
  try {
    const std::string identity = scenario_identity(study, planned.parts);
    // A finished scenario is only scored: its model need not be loaded.
    if (mode == JournalMode::fresh || !is_finished(planned, identity)) load(planned);
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
    scenario.samples = *planned.samples;
    scenario.adapter = adapter.get();
    for (const auto& metric : bench_.metrics()) scenario.metrics.push_back({metric.entry.name, metric.object.get()});
    scenario.identity = identity;
    scenario.manifest = scenario_manifest(study, planned.parts);
    scenario.seed = study.seed;
    scenario.batch_size = study.run.batch_size;
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    scenario.loader_threads = study.run.loader_threads > 0 ? study.run.loader_threads : int(cores);
    scenario.cache = cache.get();
    scenario.mode = mode;
    scenario.bootstrap.rounds = study.bootstrap.rounds;
    scenario.bootstrap.seed = study.seed;
    scenario.bootstrap.confidence = study.bootstrap.confidence;
    scenario.bootstrap.unit = planned.parts.unit == "cluster" ? BootstrapOptions::Unit::cluster : BootstrapOptions::Unit::sample;
    return medvlm::evaluate(scenario, progress);
  } catch (Error& error) {
    throw error.add_context(planned.name);
  }
}

}  // namespace medvlm::launcher
