// Published outcomes on the disk: result.json of each scenario, in the form of computed ones, and study.json.
#include <algorithm>
#include <cmath>
#include <set>
#include <system_error>

#include <nlohmann/json.hpp>

#include "medvlm/analysis/published_table.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/base/version.hpp"

namespace medvlm::analysis {
namespace {

using nlohmann::ordered_json;
namespace fs = std::filesystem;

ordered_json or_null(double number) { return std::isnan(number) ? ordered_json(nullptr) : ordered_json(number); }

ordered_json value_json(const OutcomeValue& value) {
  return {{"metric", value.metric},
          {"name", value.name},
          {"headline", value.headline},
          {"higher_is_better", value.higher_is_better},
          {"value", or_null(value.interval.value)},
          {"ci_low", or_null(value.interval.low)},
          {"ci_high", or_null(value.interval.high)},
          {"mean", nullptr},
          {"std", or_null(value.interval.std)},
          {"valid_rounds", 0}};
}

ordered_json manifest_json(const Outcome& outcome) {
  const ModelFacts& model = outcome.model;
  const DatasetFacts& dataset = outcome.dataset;
  const AdapterFacts& adapter = outcome.adapter;
  return {{"medvlm", kVersion},
          {"study", outcome.study},
          {"model",
           {{"name", model.name},
            {"family", model.family},
            {"parameters", model.parameters},
            {"role", model.role},
            {"modalities", model.modalities},
            {"trained_on", model.trained_on},
            {"trained_on_dataset", outcome.trained_on},
            {"tags", model.tags},
            {"domain", outcome.domain}}},
          {"dataset",
           {{"name", dataset.name},
            {"title", dataset.title},
            {"task", dataset.task},
            {"labels", dataset.labels},
            {"classes", dataset.classes},
            {"modality", dataset.modality},
            {"tags", dataset.tags}}},
          {"adapter", {{"name", adapter.name}, {"group", adapter.name}, {"plugin", adapter.plugin}, {"trains", adapter.trains}}}};
}

std::string result_text(const Outcome& outcome, const std::string& sha256) {
  ordered_json metrics = ordered_json::array();
  for (const OutcomeValue& value : outcome.values) metrics.push_back(value_json(value));
  const Counts& counts = outcome.counts;
  const ordered_json document = {
      {"format", 1},
      {"scenario", outcome.name()},
      {"published", {{"source", outcome.published->source}, {"table", outcome.published->table}, {"sha256", sha256}}},
      {"samples", {{"total", counts.total}, {"scored", counts.scored}, {"errored", counts.errored}, {"missing", counts.missing}}},
      {"metrics", metrics},
      {"bootstrap", {{"confidence", outcome.confidence}}},
      {"training", ordered_json::object()},
      {"manifest", manifest_json(outcome)}};
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string study_text(const PublishedTable& table) {
  ordered_json scenarios = ordered_json::array();
  for (const Outcome& outcome : table.outcomes) {
    const auto samples = outcome.counts.total == 0 ? ordered_json(nullptr) : ordered_json(outcome.counts.total);
    scenarios.push_back({{"name", outcome.name()},
                         {"folder", outcome.name()},
                         {"model", outcome.model.name},
                         {"dataset", outcome.dataset.name},
                         {"adapter", outcome.adapter.name},
                         {"group", outcome.adapter.name},
                         {"samples", samples},
                         {"domain", outcome.domain},
                         {"trains", outcome.adapter.trains}});
  }
  const ordered_json document = {{"format", 1},
                                 {"study", table.study},
                                 {"study_file", ""},
                                 {"written", ""},
                                 {"published", {{"source", table.source}, {"sha256", table.sha256}}},
                                 {"scenarios", scenarios}};
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

[[noreturn]] void refuse_folder(const fs::path& what) {
  throw Error(ErrorCode::conflict, "'" + what.string() + "' was not made by medvlm import; give --out a folder of its own");
}

bool is_published(const fs::path& file) {
  const auto document = nlohmann::json::parse(read_file(file), nullptr, false);
  return document.is_object() && document.contains("published");
}

/// The scenarios of an earlier import into this folder. Throws Error(conflict) if the folder is a run's.
std::set<std::string> imported_before(const fs::path& folder) {
  const fs::path file = folder / "study.json";
  if (!fs::exists(file)) return {};
  if (!is_published(file)) refuse_folder(file);
  const auto study = nlohmann::json::parse(read_file(file));
  std::set<std::string> names;
  const auto scenarios = study.find("scenarios");
  if (scenarios == study.end() || !scenarios->is_array()) return names;
  for (const auto& scenario : *scenarios) {
    if (scenario.is_object()) names.insert(scenario.value("folder", ""));
  }
  return names;
}

/// Only what an import wrote, and folders that are empty then.
void remove_result(const fs::path& folder, const std::string& name) {
  const fs::path relative = fs::path(name).lexically_normal();
  const bool inside = !relative.empty() && relative.is_relative() && *relative.begin() != "..";
  const fs::path file = folder / relative / "result.json";
  if (!inside || !fs::exists(file) || !is_published(file)) return;
  std::error_code ignored;
  fs::remove(file, ignored);
  for (fs::path level = relative; !level.empty(); level = level.parent_path()) {
    if (!fs::remove(folder / level, ignored)) return;
  }
}

}  // namespace

void write_published_table(const PublishedTable& table, const fs::path& folder) {
  std::set<std::string> stale = imported_before(folder);
  for (const Outcome& outcome : table.outcomes) {
    const fs::path own = folder / outcome.name();
    if (fs::exists(own / "journal.jsonl")) refuse_folder(own);
    if (fs::exists(own / "result.json") && !is_published(own / "result.json")) refuse_folder(own);
    stale.erase(outcome.name());
  }
  for (const Outcome& outcome : table.outcomes) {
    make_folder(folder / outcome.name());
    write_file_atomically(folder / outcome.name() / "result.json", result_text(outcome, table.sha256));
  }
  for (const std::string& name : stale) remove_result(folder, name);
  write_file_atomically(folder / "study.json", study_text(table));
}

}  // namespace medvlm::analysis
