#include "scenario_identity.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include <ATen/Parallel.h>
#include <torch/headeronly/version.h>

#include "clock.hpp"
#include "medvlm/analysis/outcome.hpp"
#include "medvlm/base/hash.hpp"
#include "medvlm/base/version.hpp"

namespace medvlm::launcher {
namespace {

using json = nlohmann::ordered_json;

json options_json(const Options& options) { return json::parse(Value(options.values()).to_json()); }

template <class Interface>
json item_json(const Item<Interface>& item) {
  return {{"plugin", item.manifest->id},
          {"version", item.manifest->version},
          {"sha256", item.manifest->sha256},
          {"options", options_json(item.options)}};
}

/// "cuda:1" -> "cuda": the same kind of device gives the same numbers.
std::string device_kind(const std::string& device) { return device.substr(0, device.find(':')); }

/// What determines how a scenario's samples are predicted, whichever they are.
json predictor_identity(const ScenarioParts& parts) {
  json model = item_json(parts.model);
  model["weights_sha256"] = parts.weights_sha256;
  json dataset = item_json(parts.dataset);
  if (!parts.training_sha256.empty()) dataset["training_sha256"] = parts.training_sha256;
  return {{"medvlm", kVersion},
          {"model", model},
          {"dataset", dataset},
          {"adapter", item_json(parts.adapter)},
          {"run",
           {{"seed", parts.seed},
            {"batch_size", parts.batch_size},
            {"device", device_kind(parts.device)},
            {"dtype", parts.dtype},
            {"libtorch", TORCH_VERSION}}}};
}

json model_facts(const ScenarioParts& parts) {
  const ModelInfo& info = parts.model.object->info();
  const EntryFacts& facts = parts.model.entry.facts;
  json files = json::array();
  for (const auto& file : info.files) files.push_back(file.string());
  return {{"name", parts.model.entry.name},
          {"family", facts.family.empty() ? info.family : facts.family},
          {"architecture", info.family},
          {"parameters", info.parameters},
          {"role", facts.role},
          {"modalities", facts.modalities},
          {"trained_on", facts.trained_on},
          {"trained_on_dataset", is_trained_on(parts)},
          {"domain", domain_of(parts)},
          {"tags", facts.tags},
          {"files", files},
          {"sha256", parts.weights_sha256}};
}

json dataset_facts(const ScenarioParts& parts, const std::string& samples_sha256) {
  const DatasetInfo& info = parts.dataset.object->info();
  json classes = json::array();
  for (const ClassInfo& each : info.classes) classes.push_back(each.name);
  return {{"name", parts.dataset.entry.name},
          {"title", info.name},
          {"task", to_string(info.task)},
          {"labels", info.task == Task::vqa ? "" : to_string(info.labels)},
          {"classes", classes},
          {"modality", modality_of(parts.dataset)},
          {"tags", parts.dataset.entry.facts.tags},
          {"samples_sha256", samples_sha256}};
}

json adapter_facts(const ScenarioParts& parts) {
  const StudyEntry& entry = parts.adapter.entry;
  json facts = {{"name", entry.name},
                {"plugin", parts.adapter.manifest->id},
                {"group", entry.group.empty() ? entry.name : entry.group},
                {"trains", parts.adapter.object->traits(parts.dataset.object->info()).trains},
                {"tags", entry.facts.tags}};
  if (entry.seed) facts["seed"] = *entry.seed;
  return facts;
}

}  // namespace

std::string modality_of(const Item<Dataset>& dataset) {
  const std::string& told = dataset.entry.facts.modality;
  return told.empty() ? dataset.object->info().modality : told;
}

std::string domain_of(const ScenarioParts& parts) {
  analysis::ModelFacts model;
  model.role = parts.model.entry.facts.role;
  model.modalities = parts.model.entry.facts.modalities;
  return analysis::domain_of(model, modality_of(parts.dataset));
}

bool is_trained_on(const ScenarioParts& parts) {
  const auto& seen = parts.model.entry.facts.trained_on;
  return std::any_of(seen.begin(), seen.end(), [&](const std::string& name) {
    return name == parts.dataset.object->info().name || name == parts.dataset.entry.name;
  });
}

std::string training_identity(const ScenarioParts& parts) {
  return predictor_identity(parts).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string scenario_identity(const Study& study, const ScenarioParts& parts, const std::string& samples_sha256) {
  json metrics = json::array();
  for (const Item<Metric>* metric : parts.metrics) {
    metrics.push_back(item_json(*metric));
    metrics.back()["name"] = metric->entry.name;
  }
  json identity = predictor_identity(parts);
  identity["dataset"]["samples_sha256"] = samples_sha256;
  identity["run"]["limit"] = parts.limit;
  identity["scoring"] = {{"metrics", metrics},
                         {"bootstrap",
                          {{"rounds", study.bootstrap.rounds},
                           {"confidence", study.bootstrap.confidence},
                           {"unit", parts.unit},
                           {"seed", study.seed}}}};
  if (!study.scoring.subgroups.empty()) {
    identity["scoring"]["subgroups"] = study.scoring.subgroups;
    identity["scoring"]["min_samples"] = study.scoring.min_samples;
  }
  return identity.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string scenario_manifest(const Study& study, const ScenarioParts& parts, const std::string& samples_sha256) {
  struct utsname machine {};
  ::uname(&machine);
  auto plugin = [](const auto& item) {
    return json{{"kind", item.manifest->kind},
                {"id", item.manifest->id},
                {"version", item.manifest->version},
                {"library", item.manifest->library_file().string()},
                {"sha256", item.manifest->sha256}};
  };
  json plugins = json::array({plugin(parts.model), plugin(parts.dataset), plugin(parts.adapter)});
  for (const Item<Metric>* metric : parts.metrics) plugins.push_back(plugin(*metric));
  const json manifest = {
      {"medvlm", kVersion},
      {"libtorch", TORCH_VERSION},
      {"study", study.name},
      {"study_file", study.file.string()},
      {"written", utc_now()},
      {"machine", {{"system", machine.sysname}, {"architecture", machine.machine}, {"cores", std::thread::hardware_concurrency()}}},
      {"device", parts.device},
      {"dtype", parts.dtype},
      {"threads", at::get_num_threads()},
      {"seed", parts.seed},
      {"model", model_facts(parts)},
      {"dataset", dataset_facts(parts, samples_sha256)},
      {"adapter", adapter_facts(parts)},
      {"plugins", plugins},
      {"config", json::parse(study.config_json)},
      {"identity", json::parse(scenario_identity(study, parts, samples_sha256))}};
  return manifest.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string encoder_key(const ScenarioParts& parts) {
  Sha256 hash;
  hash.add_field("medvlm-embeddings-1").add_field(parts.model.manifest->sha256).add_field(parts.weights_sha256);
  // Paths do not count: the hash of the files stands for them, wherever they lie.
  Value::Table options = parts.model.options.values();
  for (const OptionSpec& spec : parts.model.manifest->options) {
    if (spec.type == OptionType::path) options.erase(spec.name);
  }
  hash.add_field(Value(options).to_json());
  hash.add_field(device_kind(parts.device)).add_field(parts.dtype).add_field(TORCH_VERSION);
  if (const ImageTextEncoder* encoder = parts.model.object->encoder()) hash.add_field(encoder->preprocessing_identity());
  return hash.hex();
}

}  // namespace medvlm::launcher
