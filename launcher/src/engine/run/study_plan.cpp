// StudyRunner::plan(): what identifies each scenario, before it runs.
#include <map>

#include "medvlm/core/device.hpp"
#include "medvlm/core/identity.hpp"
#include "study_runner.hpp"

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

}  // namespace

std::vector<PlannedScenario> StudyRunner::plan() {
  const Study& study = bench_.study();
  const c10::Device device = parse_device(study.run.device);
  for (auto& model : bench_.models()) parse_dtype(study.run.dtype, model.object->info(), device);
  std::map<const Item<Model>*, std::string> weights;
  std::vector<PlannedScenario> scenarios;
  for (GridCell& cell : bench_.cells()) {
    auto [hash, added] = weights.try_emplace(cell.model);
    if (added) hash->second = hash_files(cell.model->object->info().files, study.output / "cache" / "checkpoints.json");
    const DatasetInfo& dataset = cell.dataset->object->info();
    const StudyEntry& adapter = cell.adapter->entry;
    const bool trains = cell.adapter->object->traits(dataset).trains;
    const auto dtype = parse_dtype(study.run.dtype, cell.model->object->info(), device);
    const std::string name = cell.model->entry.name + "/" + cell.dataset->entry.name + "/" + adapter.name;
    scenarios.push_back({name, study.output / cell.model->entry.name / cell.dataset->entry.name / adapter.name,
                         {*cell.model, *cell.dataset, *cell.adapter, cell.metrics, adapter.seed.value_or(study.seed), hash->second,
                          trains ? training_set(*cell.dataset).sha256 : "", device.str(), dtype_name(dtype),
                          bootstrap_unit(study, dataset), cell.batch_size, bench_.limit_of(*cell.dataset)},
                         cell.model, cell.dataset, device, dtype, trains});
  }
  return scenarios;
}

}  // namespace medvlm::launcher
