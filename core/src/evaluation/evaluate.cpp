#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include <nlohmann/json.hpp>

#include "medvlm/base/files.hpp"
#include "medvlm/core/scenario.hpp"
#include "predicting.hpp"
#include "scoring.hpp"
#include "shards.hpp"
#include "training.hpp"

namespace medvlm {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// The parts of a manifest that tell what was evaluated.
constexpr const char* kFacts[] = {"model", "dataset", "adapter"};

/// The largest resident memory of this process so far, in bytes.
std::int64_t peak_memory() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return std::int64_t{usage.ru_maxrss} * 1024;
}

bool needs_train_predictions(const Scenario& scenario) {
  return std::any_of(scenario.metrics.begin(), scenario.metrics.end(),
                     [](const NamedMetric& metric) { return metric.metric->needs_train_predictions(); });
}

/// Predictions on the train split, for metrics that fix something there. Empty if no metric does, or if there is no such
/// split: then these metrics are undefined, which must not cost the others.
TrainPredictions predict_train(Scenario& scenario, const TestSplit& test, Progress& progress, bool& prepared) {
  TrainPredictions train;
  if (!needs_train_predictions(scenario) || !has_split(*scenario.dataset, Split::train)) return train;
  const auto folder = scenario.folder / "train";
  make_folder(folder);
  train.samples = scenario.dataset->samples(Split::train);
  // The scoring may change without new predictions, so it does not identify them.
  auto identity = nlohmann::json::parse(test.identity);
  identity.erase("scoring");
  Journal journal(folder, identity.dump(), scenario.mode);
  check_records(folder, train.samples, journal);
  const SplitRun split{scenario.name + " (train split)", train.samples, journal};
  run_batches(scenario, split, missing_batches(scenario, split), progress, prepared);
  train.records = journal.records();
  return train;
}

/// Drops everything that the scenario has, but the lock.
void start_over(const Scenario& scenario) {
  for (const char* name : {"SHA256SUMS", "result.json", "rounds.bin", "predictions.jsonl", "journal.jsonl"}) {
    std::filesystem::remove(scenario.folder / name);
  }
  std::filesystem::remove_all(scenario.folder / "train");
  std::filesystem::remove_all(scenario.folder / "shards");
  forget_training(scenario);
}

/// The result that is there, if it has the identity of this manifest; else null. A rescoring that was killed leaves the result of the
/// scoring before.
OrderedJson current_result(const Scenario& scenario, const OrderedJson& manifest) {
  const auto file = scenario.folder / "result.json";
  if (scenario.mode != JournalMode::resume || !std::filesystem::exists(file)) return nullptr;
  OrderedJson result = OrderedJson::parse(read_file(file), nullptr, false);
  if (!result.is_object() || !result.contains("manifest") || !result["manifest"].is_object()) return nullptr;
  const bool same = result["manifest"].value("identity", OrderedJson()) == manifest.value("identity", OrderedJson());
  return same ? result : nullptr;
}

/// True if every file of a finished scenario is there and says of model, dataset and adapter what the study says now.
bool is_written(const Scenario& scenario, const OrderedJson& manifest, const OrderedJson& result) {
  if (result.is_null()) return false;
  for (const char* name : {"predictions.jsonl", "rounds.bin", "SHA256SUMS"}) {
    if (!std::filesystem::exists(scenario.folder / name)) return false;
  }
  return std::all_of(std::begin(kFacts), std::end(kFacts), [&](const char* key) {
    return result["manifest"].value(key, OrderedJson()) == manifest.value(key, OrderedJson());
  });
}

/// False if scoring again may give more: a value was undefined, or a metric depends on more than predictions (a judge).
bool is_settled(const OrderedJson& result) {
  const OrderedJson& metrics = result.at("metrics");
  return !result.contains("metric_reports") &&
         std::none_of(metrics.begin(), metrics.end(), [](const OrderedJson& value) { return value.contains("reason"); });
}

bool has_same_values(const ScenarioResult& one, const ScenarioResult& other) {
  return std::equal(one.values.begin(), one.values.end(), other.values.begin(), other.values.end(),
                    [](const ResultValue& a, const ResultValue& b) {
                      const bool both_undefined = std::isnan(a.interval.value) && std::isnan(b.interval.value);
                      return a.name == b.name && a.reason == b.reason &&
                             (both_undefined || a.interval.value == b.interval.value);
                    });
}

/// How the work went. What a call did not compute took the time that the result before tells.
OrderedJson run_summary(const OrderedJson& before, double seconds, std::size_t new_records) {
  if (new_records == 0 && before.is_object() && before.contains("run")) return before["run"];
  return {{"seconds", seconds}, {"new_predictions", new_records}, {"peak_memory_bytes", peak_memory()}};
}

}  // namespace

Progress::~Progress() = default;

void train(Scenario& scenario, Progress& progress) {
  make_folder(scenario.folder);
  const FolderLock lock(scenario.folder);
  if (scenario.mode == JournalMode::fresh) start_over(scenario);
  if (!is_trained(scenario)) prepare_adapter(scenario, progress);
}

ScenarioResult evaluate(Scenario& scenario, Progress& progress) {
  const auto start = std::chrono::steady_clock::now();
  make_folder(scenario.folder);
  const FolderLock lock(scenario.folder);
  if (scenario.mode == JournalMode::fresh) start_over(scenario);
  bool prepared = !is_trained(scenario);
  if (prepared) prepare_adapter(scenario, progress);
  const TestSplit test = scenario.open_test();
  const OrderedJson manifest = OrderedJson::parse(test.manifest);
  Journal journal(scenario.folder, test.identity, scenario.mode);
  check_records(scenario.folder, test.samples, journal);
  const std::size_t before = journal.records().size();
  const SplitRun split{scenario.name, test.samples, journal};
  take_over_shards(scenario, split, test.identity);
  const std::vector<Batch> missing = missing_batches(scenario, split);
  const OrderedJson there = current_result(scenario, manifest);
  const bool written = missing.empty() && journal.records().size() == before && is_written(scenario, manifest, there);
  if (written && is_settled(there)) return summary_of_result(there);
  run_batches(scenario, split, missing, progress, prepared);
  const TrainPredictions train = predict_train(scenario, test, progress, prepared);
  ScenarioResult result = score(scenario, test, journal.records(), train);
  const std::size_t added = journal.records().size() - before;
  if (result.complete && !(written && has_same_values(summary_of_result(there), result))) {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    write_result(scenario, test, journal.records(), result, run_summary(there, seconds.count(), added));
  }
  return result;
}

}  // namespace medvlm
