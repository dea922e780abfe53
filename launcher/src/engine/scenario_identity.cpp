#include "scenario_identity.hpp"

#include <sys/utsname.h>

#include <chrono>
#include <ctime>
#include <nlohmann/json.hpp>
#include <thread>

#include <ATen/Parallel.h>
#include <torch/headeronly/version.h>

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
json predictor_identity(const Study& study, const ScenarioParts& parts) {
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
            {"batch_size", study.run.batch_size},
            {"device", device_kind(parts.device)},
            {"dtype", parts.dtype},
            {"libtorch", TORCH_VERSION}}}};
}

std::string utc_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
  return text;
}

}  // namespace

std::string training_identity(const Study& study, const ScenarioParts& parts) {
  return predictor_identity(study, parts).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string scenario_identity(const Study& study, const ScenarioParts& parts, const std::string& samples_sha256) {
  json metrics = json::array();
  for (const Item<Metric>* metric : parts.metrics) {
    metrics.push_back(item_json(*metric));
    metrics.back()["name"] = metric->entry.name;
  }
  json identity = predictor_identity(study, parts);
  identity["dataset"]["samples_sha256"] = samples_sha256;
  identity["run"]["limit"] = study.run.limit;
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
  json files = json::array();
  for (const auto& file : parts.model.object->info().files) files.push_back(file.string());
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
      {"model",
       {{"name", parts.model.entry.name},
        {"family", parts.model.object->info().family},
        {"parameters", parts.model.object->info().parameters},
        {"role", parts.model.entry.facts.role},
        {"modalities", parts.model.entry.facts.modalities},
        {"trained_on", parts.model.entry.facts.trained_on},
        {"domain", domain_of(parts.model.entry.facts, parts.dataset.object->info().modality)},
        {"files", files},
        {"sha256", parts.weights_sha256}}},
      {"dataset", {{"name", parts.dataset.entry.name}, {"title", parts.dataset.object->info().name}, {"samples_sha256", samples_sha256}}},
      {"adapter", {{"name", parts.adapter.entry.name}}},
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
