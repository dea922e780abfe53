// result.json as an Outcome. Files of older versions lack facts that newer ones have: these are taken from what is there.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <string_view>

#include <nlohmann/json.hpp>

#include "medvlm/analysis/outcome.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"

namespace medvlm::analysis {
namespace {

using nlohmann::json;

constexpr std::string_view kSeedFolder = "/seed-";

/// The member, or null: a missing key and a null are the same here.
const json& member(const json& table, const char* key) {
  static const json nothing;
  if (!table.is_object()) return nothing;
  const auto found = table.find(key);
  return found == table.end() ? nothing : *found;
}

std::string text_of(const json& table, const char* key, std::string otherwise = "") {
  const json& value = member(table, key);
  return value.is_null() ? std::move(otherwise) : value.get<std::string>();
}

double number_of(const json& table, const char* key) {
  const json& value = member(table, key);
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

/// For costs and counts, of which 0 means unknown.
template <typename Number>
Number amount_of(const json& table, const char* key) {
  const json& value = member(table, key);
  return value.is_null() ? Number{0} : value.get<Number>();
}

bool flag_of(const json& table, const char* key, bool otherwise) {
  const json& value = member(table, key);
  return value.is_null() ? otherwise : value.get<bool>();
}

std::vector<std::string> texts_of(const json& table, const char* key) {
  const json& value = member(table, key);
  return value.is_null() ? std::vector<std::string>{} : value.get<std::vector<std::string>>();
}

ModelFacts model_of(const json& model) {
  ModelFacts facts;
  facts.name = text_of(model, "name");
  facts.family = text_of(model, "family");
  facts.role = text_of(model, "role");
  facts.parameters = amount_of<std::int64_t>(model, "parameters");
  facts.modalities = texts_of(model, "modalities");
  facts.trained_on = texts_of(model, "trained_on");
  facts.tags = texts_of(model, "tags");
  return facts;
}

/// Only predictions of questions have a question.
bool asks_questions(const std::filesystem::path& folder) {
  std::ifstream file(folder / "predictions.jsonl");
  std::string line;
  if (!std::getline(file, line)) return false;
  const json first = json::parse(line, nullptr, false);
  return first.is_object() && first.contains("question");
}

DatasetFacts dataset_of(const json& dataset, const std::filesystem::path& folder) {
  DatasetFacts facts;
  facts.name = text_of(dataset, "name");
  facts.title = text_of(dataset, "title");
  facts.task = text_of(dataset, "task");
  if (facts.task.empty()) facts.task = asks_questions(folder) ? "vqa" : "diagnosis";
  facts.labels = text_of(dataset, "labels");
  facts.classes = texts_of(dataset, "classes");
  facts.modality = text_of(dataset, "modality");
  facts.samples_sha256 = text_of(dataset, "samples_sha256");
  facts.tags = texts_of(dataset, "tags");
  return facts;
}

std::string plugin_of(const json& manifest, std::string_view kind) {
  for (const json& plugin : member(manifest, "plugins")) {
    if (text_of(plugin, "kind") == kind) return text_of(plugin, "id");
  }
  return "";
}

AdapterFacts adapter_of(const json& manifest, const json& training) {
  const json& adapter = member(manifest, "adapter");
  AdapterFacts facts;
  facts.name = text_of(adapter, "name");
  if (const json& seed = member(adapter, "seed"); !seed.is_null()) facts.seed = seed.get<std::uint64_t>();
  if (const auto at = facts.name.rfind(kSeedFolder); at != std::string::npos) {
    if (!facts.seed) facts.seed = std::stoull(facts.name.substr(at + kSeedFolder.size()));
    facts.name.resize(at);
  }
  facts.name = text_of(adapter, "group", facts.name);
  facts.plugin = text_of(adapter, "plugin", plugin_of(manifest, "adapter"));
  facts.trains = flag_of(adapter, "trains", training.is_object() && !training.empty());
  return facts;
}

OutcomeValue value_of(const json& entry) {
  OutcomeValue value;
  value.metric = entry.at("metric").get<std::string>();
  value.name = text_of(entry, "name", value.metric);
  value.headline = flag_of(entry, "headline", false);
  value.higher_is_better = flag_of(entry, "higher_is_better", true);
  value.interval = {number_of(entry, "value"),  number_of(entry, "mean"),    number_of(entry, "std"),
                    number_of(entry, "ci_low"), number_of(entry, "ci_high"), amount_of<std::size_t>(entry, "valid_rounds")};
  value.reason = text_of(entry, "reason");
  if (const json& formula = member(entry, "analytic"); formula.is_object()) {
    value.formula = FormulaInterval{text_of(formula, "method"), number_of(formula, "variance"), number_of(formula, "ci_low"),
                                    number_of(formula, "ci_high")};
  }
  return value;
}

Cost cost_of(const json& document, const Counts& counts) {
  const json& training = member(document, "training");
  const json& run = member(document, "run");
  Cost cost;
  const char* key = member(training, "parameters_updated").is_null() ? "trained_parameters" : "parameters_updated";
  cost.trained_parameters = amount_of<std::int64_t>(training, key);
  cost.training_seconds = amount_of<double>(training, "seconds");
  // A call that continued or only rescored tells nothing of what the whole evaluation takes.
  if (counts.total != 0 && amount_of<std::size_t>(run, "new_predictions") == counts.total) {
    cost.evaluation_seconds = amount_of<double>(run, "seconds");
  }
  cost.peak_memory_bytes = amount_of<std::int64_t>(run, "peak_memory_bytes");
  cost.device = text_of(member(document, "manifest"), "device");
  return cost;
}

Outcome outcome_of(const json& document, const std::filesystem::path& folder) {
  const json& manifest = document.at("manifest");
  const json& model = manifest.at("model");
  const json& samples = member(document, "samples");
  const json& bootstrap = member(document, "bootstrap");
  Outcome outcome;
  outcome.folder = folder;
  outcome.study = text_of(manifest, "study");
  outcome.model = model_of(model);
  outcome.dataset = dataset_of(manifest.at("dataset"), folder);
  outcome.adapter = adapter_of(manifest, member(document, "training"));
  outcome.domain = text_of(model, "domain", domain_of(outcome.model, outcome.dataset.modality));
  const auto& mixture = outcome.model.trained_on;
  outcome.trained_on = flag_of(model, "trained_on_dataset",
                               std::find(mixture.begin(), mixture.end(), outcome.dataset.name) != mixture.end());
  outcome.counts = {amount_of<std::size_t>(samples, "total"), amount_of<std::size_t>(samples, "scored"),
                    amount_of<std::size_t>(samples, "errored"), amount_of<std::size_t>(samples, "missing")};
  if (const json& confidence = member(bootstrap, "confidence"); !confidence.is_null()) outcome.confidence = confidence;
  outcome.unit = text_of(bootstrap, "unit");
  outcome.cluster = text_of(bootstrap, "cluster");
  for (const json& entry : document.at("metrics")) outcome.values.push_back(value_of(entry));
  outcome.cost = cost_of(document, outcome.counts);
  if (const json& published = member(document, "published"); published.is_object()) {
    outcome.published = Published{text_of(published, "source"), text_of(published, "table")};
  }
  return outcome;
}

[[noreturn]] void refuse_result(const std::filesystem::path& file, const std::string& what) {
  throw Error(ErrorCode::data, "'" + file.string() + "' " + what + "; write it anew with medvlm run --rescore (a published one "
                               "with medvlm import), or remove the file");
}

}  // namespace

std::string Outcome::name() const {
  std::string name = model.name + "/" + dataset.name + "/" + adapter.name;
  if (adapter.seed) name += std::string(kSeedFolder) + std::to_string(*adapter.seed);
  return name;
}

const OutcomeValue* Outcome::find(const std::string& metric, const std::string& value) const {
  const auto found = std::find_if(values.begin(), values.end(), [&](const OutcomeValue& entry) {
    return entry.name == value && (metric.empty() || entry.metric == metric);
  });
  return found == values.end() ? nullptr : &*found;
}

std::string domain_of(const ModelFacts& model, const std::string& modality) {
  if (model.role.empty()) return "-";
  const bool seen = std::find(model.modalities.begin(), model.modalities.end(), modality) != model.modalities.end();
  return model.role == "specialist" && seen ? "ID" : "OOD";
}

Outcome read_outcome(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "result.json";
  const json document = json::parse(read_file(file), nullptr, false);
  if (document.is_discarded()) refuse_result(file, "is no JSON: it is cut short or damaged");
  if (!document.is_object() || !document.contains("manifest") || !document.contains("metrics")) {
    refuse_result(file, "is no result of medvlm: it has no manifest or no metrics");
  }
  if (const json& format = member(document, "format"); format != 1) {
    refuse_result(file, "has format " + format.dump() + ", this version reads format 1");
  }
  try {
    Outcome outcome = outcome_of(document, folder);
    if (outcome.model.name.empty() || outcome.dataset.name.empty() || outcome.adapter.name.empty()) {
      refuse_result(file, "names no model, dataset or adapter");
    }
    return outcome;
  } catch (const json::exception& error) {
    refuse_result(file, std::string("is damaged: ") + error.what());
  } catch (const std::logic_error& error) {  // a seed that is no number
    refuse_result(file, std::string("is damaged: ") + error.what());
  }
}

}  // namespace medvlm::analysis
