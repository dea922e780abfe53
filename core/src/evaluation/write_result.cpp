#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "medvlm/analysis/rounds_file.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/base/hash.hpp"
#include "medvlm/core/prediction_json.hpp"
#include "scoring.hpp"
#include "training.hpp"

namespace medvlm {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::size_t kErrorsShown = 20;

OrderedJson number_or_null(double number) { return std::isfinite(number) ? OrderedJson(number) : OrderedJson(nullptr); }

OrderedJson value_json(const ResultValue& value) {
  OrderedJson item = {{"metric", value.metric},
               {"name", value.name},
               {"headline", value.headline},
               {"higher_is_better", value.higher_is_better},
               {"value", number_or_null(value.interval.value)},
               {"ci_low", number_or_null(value.interval.low)},
               {"ci_high", number_or_null(value.interval.high)},
               {"mean", number_or_null(value.interval.mean)},
               {"std", number_or_null(value.interval.std)},
               {"valid_rounds", value.interval.valid_rounds}};
  if (value.analytic) {
    item["analytic"] = {{"method", value.analytic->method},
                        {"variance", number_or_null(value.analytic->variance)},
                        {"ci_low", number_or_null(value.analytic->low)},
                        {"ci_high", number_or_null(value.analytic->high)}};
  }
  if (!value.reason.empty()) item["reason"] = value.reason;
  return item;
}

OrderedJson values_json(const std::vector<ResultValue>& values) {
  OrderedJson list = OrderedJson::array();
  for (const ResultValue& value : values) list.push_back(value_json(value));
  return list;
}

OrderedJson subgroups_json(const std::vector<SubgroupResult>& subgroups) {
  OrderedJson list = OrderedJson::array();
  for (const SubgroupResult& subgroup : subgroups) {
    list.push_back({{"group", subgroup.group},
                    {"value", subgroup.value},
                    {"n", subgroup.scored},
                    {"metrics", values_json(subgroup.values)}});
    if (!subgroup.reason.empty()) list.back()["reason"] = subgroup.reason;
  }
  return list;
}

OrderedJson gaps_json(const std::vector<SubgroupGap>& gaps) {
  OrderedJson list = OrderedJson::array();
  for (const SubgroupGap& gap : gaps) {
    list.push_back({{"group", gap.group},
                    {"metric", gap.metric},
                    {"name", gap.name},
                    {"gap", number_or_null(gap.interval.value)},
                    {"ci_low", number_or_null(gap.interval.low)},
                    {"ci_high", number_or_null(gap.interval.high)},
                    {"highest", gap.highest},
                    {"lowest", gap.lowest}});
  }
  return list;
}

OrderedJson errors_json(const std::map<std::size_t, JournalRecord>& records) {
  OrderedJson by_stage = OrderedJson::object();
  OrderedJson first = OrderedJson::array();
  for (const auto& [index, record] : records) {
    if (!record.prediction.error) continue;
    const SampleError& error = *record.prediction.error;
    by_stage[error.stage] = by_stage.value(error.stage, 0) + 1;
    if (first.size() < kErrorsShown) {
      first.push_back({{"id", record.id},
                       {"stage", error.stage},
                       {"code", error_code_name(error.code)},
                       {"message", error.message}});
    }
  }
  return {{"by_stage", by_stage}, {"first", first}};
}

/// The scored sample's own numbers by metric, where there are any.
void add_values(const std::vector<SampleValues>& values, std::size_t scored, nlohmann::json& line) {
  for (const SampleValues& each : values) {
    if (!std::isnan(each.values[scored])) line["values"][each.metric] = each.values[scored];
  }
}

std::string predictions_text(const DatasetInfo& info, std::span<const Sample> samples,
                             const std::map<std::size_t, JournalRecord>& records,
                             const std::vector<SampleValues>& values) {
  std::string text;
  std::size_t scored = 0;
  for (const auto& [index, record] : records) {
    const Sample& sample = samples[index];
    nlohmann::json line = prediction_to_json(record.prediction);
    line["index"] = index;
    line["id"] = record.id;
    line["image"] = sample.image;
    if (info.task == Task::vqa) {
      line["question"] = sample.question;
      line["answer"] = sample.answer;
      line["open"] = sample.open;
    } else if (info.labels == LabelKind::multilabel) {
      line["labels"] = std::vector<int>(sample.labels.begin(), sample.labels.end());
    } else {
      line["label"] = sample.label;
    }
    if (!sample.groups.empty()) {
      for (const auto& [group, value] : sample.groups) line["groups"][group] = value;
    }
    if (!record.prediction.error) add_values(values, scored++, line);
    text += line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  }
  return text;
}

analysis::RoundsFile rounds_of(const Scenario& scenario, const TestSplit& test, const ScenarioResult& result) {
  const bool by_cluster = scenario.bootstrap.unit == BootstrapOptions::Unit::cluster;
  analysis::RoundsFile file;
  file.key = {test.sha256, test.samples.size(), std::uint64_t(scenario.bootstrap.rounds), scenario.bootstrap.seed,
              by_cluster ? "cluster" : "sample"};
  for (const ResultValue& value : result.values) {
    if (!value.rounds.empty()) file.values.push_back({value.metric, value.name, value.rounds});
  }
  return file;
}

/// What a scenario's outcome rests on, by names below its folder: its own files, and what was learnt.
std::vector<std::string> files_that_count(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const char* name : {"journal.jsonl", "predictions.jsonl", "result.json", "rounds.bin", "training.json"}) {
    if (std::filesystem::exists(folder / name)) names.emplace_back(name);
  }
  if (!std::filesystem::is_directory(folder / "adapter")) return names;
  const std::size_t own = names.size();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "adapter")) {
    if (entry.is_regular_file()) names.push_back(entry.path().lexically_relative(folder).generic_string());
  }
  std::sort(names.begin() + std::ptrdiff_t(own), names.end());
  return names;
}

/// In the form of the program sha256sum, which can check them.
std::string checksums(const std::filesystem::path& folder) {
  std::string text;
  for (const std::string& name : files_that_count(folder)) text += sha256_file(folder / name) + "  " + name + "\n";
  return text;
}

}  // namespace

void write_result(const Scenario& scenario, const TestSplit& test, const std::map<std::size_t, JournalRecord>& records,
                  const ScenarioResult& result, const OrderedJson& run) {
  write_file_atomically(scenario.folder / "predictions.jsonl",
                        predictions_text(scenario.dataset->info(), test.samples, records, result.sample_values));
  write_file_atomically(scenario.folder / "rounds.bin", analysis::rounds_text(rounds_of(scenario, test, result)));
  const bool by_cluster = scenario.bootstrap.unit == BootstrapOptions::Unit::cluster;
  OrderedJson document = {
      {"format", 1},
      {"scenario", scenario.name},
      {"samples",
       {{"total", result.samples}, {"scored", result.scored}, {"errored", result.errored}, {"missing", result.missing}}},
      {"metrics", values_json(result.values)},
      {"bootstrap",
       {{"rounds", scenario.bootstrap.rounds},
        {"seed", scenario.bootstrap.seed},
        {"confidence", scenario.bootstrap.confidence},
        {"unit", by_cluster ? "cluster" : "sample"},
        {"cluster", by_cluster ? scenario.dataset->info().cluster_group : ""}}},
      {"errors", errors_json(records)},
      {"training", training_summary(scenario)},
      {"manifest", OrderedJson::parse(test.manifest)},
      {"run", run}};
  for (const auto& [metric, report] : result.metric_reports) {
    auto parsed = OrderedJson::parse(report, nullptr, false);
    document["metric_reports"][metric] = parsed.is_discarded() ? OrderedJson(report) : std::move(parsed);
  }
  if (!scenario.subgroups.groups.empty()) {
    document["subgroups"] = subgroups_json(result.subgroups);
    document["subgroup_gaps"] = gaps_json(result.gaps);
    document["subgroup_notes"] = result.subgroup_notes;
  }
  write_file_atomically(scenario.folder / "result.json",
                        document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  write_file_atomically(scenario.folder / "SHA256SUMS", checksums(scenario.folder));
}

}  // namespace medvlm
