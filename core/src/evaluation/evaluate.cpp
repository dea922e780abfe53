#include <algorithm>
#include <chrono>
#include <cmath>

#include <ATen/ATen.h>
#include <nlohmann/json.hpp>

#include "batches.hpp"
#include "medvlm/base/log.hpp"
#include "medvlm/core/device.hpp"
#include "medvlm/core/sample_error.hpp"
#include "medvlm/core/scenario.hpp"
#include "scoring.hpp"
#include "training.hpp"

namespace medvlm {
namespace {

Prediction failed(SampleError error) {
  Prediction prediction;
  prediction.error = std::move(error);
  return prediction;
}

/// A part of a batch: rows [first, first + count).
AdapterBatch part_of(const AdapterBatch& batch, std::size_t first, std::size_t count) {
  AdapterBatch part;
  const auto from = static_cast<std::ptrdiff_t>(first), to = static_cast<std::ptrdiff_t>(first + count);
  const auto row = static_cast<std::int64_t>(first), rows = static_cast<std::int64_t>(count);
  part.samples = {batch.samples.begin() + from, batch.samples.begin() + to};
  if (batch.embeddings.joint.defined()) part.embeddings.joint = batch.embeddings.joint.narrow(0, row, rows);
  if (batch.embeddings.features.defined()) part.embeddings.features = batch.embeddings.features.narrow(0, row, rows);
  if (!batch.images.empty()) part.images = {batch.images.begin() + from, batch.images.begin() + to};
  return part;
}

/// Asks the adapter for one batch. A batch that fails is asked for in halves, so that memory suffices and only the culprit
/// is errored.
std::vector<Prediction> predict(Adapter& adapter, const AdapterBatch& batch) {
  std::vector<Prediction> predictions;
  auto error = sample_error_of("predict", [&] {
    predictions = adapter.predict(batch);
    if (predictions.size() != batch.samples.size()) {
      throw Error(ErrorCode::plugin, "the adapter returned another number of predictions than it was given samples");
    }
  });
  if (!error) {
    for (Prediction& prediction : predictions) {
      for (const double score : prediction.scores) {
        if (prediction.error || std::isfinite(score)) continue;
        prediction = failed({"predict", ErrorCode::plugin, "a score is not finite (NaN or infinity)"});
        break;
      }
    }
    return predictions;
  }
  const std::size_t size = batch.samples.size(), half = size / 2;
  if (size == 1) return {failed(std::move(*error))};
  if (error->code == ErrorCode::out_of_memory) {
    release_cached_memory();
    log(LogLevel::warning, "memory is exhausted: asking for " + std::to_string(size) + " samples in two halves");
  }
  predictions = predict(adapter, part_of(batch, 0, half));
  for (Prediction& prediction : predict(adapter, part_of(batch, half, size - half))) {
    predictions.push_back(std::move(prediction));
  }
  return predictions;
}

std::vector<JournalRecord> run_batch(Scenario& scenario, BatchFeed& feed, const Batch& batch, const Journal& journal) {
  const c10::InferenceMode frozen;
  std::vector<std::optional<SampleError>> errors;
  const AdapterBatch input = feed.next(errors);
  std::vector<Prediction> predictions;
  if (!input.samples.empty()) predictions = predict(*scenario.adapter, input);
  std::vector<JournalRecord> records;
  std::size_t next = 0;
  for (std::size_t i = 0; i < batch.samples.size(); ++i) {
    Prediction prediction = errors[i] ? failed(std::move(*errors[i])) : std::move(predictions[next++]);
    const std::size_t index = batch.positions[i];
    if (!journal.records().contains(index)) records.push_back({index, batch.samples[i]->id, std::move(prediction)});
  }
  return records;
}

/// So many failures are shown one by one; all of them are in the result.
constexpr std::size_t kFailuresShown = 10;

void report_failures(const std::vector<JournalRecord>& records, std::size_t& shown, std::size_t& errored) {
  for (const JournalRecord& record : records) {
    if (!record.prediction.error) continue;
    ++errored;
    if (shown > kFailuresShown) continue;
    log(LogLevel::warning, shown++ < kFailuresShown
                               ? "sample '" + record.id + "' has no prediction (" + record.prediction.error->stage +
                                     "): " + record.prediction.error->message
                               : "more samples have no prediction; predictions.jsonl will have every reason");
  }
}

/// A split with the journal of its predictions.
struct SplitRun {
  std::string name;  ///< for the progress display
  std::span<const Sample> samples;
  Journal& journal;
};

/// Predicts what the journal lacks. The adapter is prepared if it was not and there is something to predict.
void run_batches(Scenario& scenario, const SplitRun& split, Progress& progress, bool& prepared) {
  Journal& journal = split.journal;
  const AdapterInput input = scenario.adapter->traits(scenario.dataset->info()).input;
  const std::vector<Batch> batches = batches_to_do(split.samples, input, scenario.batch_size, journal.records());
  if (batches.empty()) return;
  if (!prepared) prepare_adapter(scenario, progress);
  prepared = true;
  BatchFeed feed(scenario, input, batches);
  progress.begin(split.name, split.samples.size(), journal.records().size());
  std::size_t shown = 0;
  for (const Batch& batch : batches) {
    if (progress.stop_requested()) break;
    const auto records = run_batch(scenario, feed, batch, journal);
    journal.append(records);
    std::size_t errored = 0;
    report_failures(records, shown, errored);
    progress.advance(records.size(), errored);
  }
  progress.end();
}

void check_records(const std::filesystem::path& folder, std::span<const Sample> samples, const Journal& journal) {
  for (const auto& [index, record] : journal.records()) {
    if (index < samples.size() && samples[index].id == record.id) continue;
    throw Error(ErrorCode::conflict, "the journal in '" + folder.string() + "' has sample '" + record.id +
                                         "' at position " + std::to_string(index) +
                                         ", the dataset does not; start over with --fresh");
  }
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
  run_batches(scenario, {scenario.name + " (train split)", train.samples, journal}, progress, prepared);
  train.records = journal.records();
  return train;
}

/// Drops everything that the scenario has, but the lock.
void start_over(const Scenario& scenario) {
  for (const char* name : {"result.json", "predictions.jsonl", "journal.jsonl"}) {
    std::filesystem::remove(scenario.folder / name);
  }
  std::filesystem::remove_all(scenario.folder / "train");
  forget_training(scenario);
}

/// True if both files of a finished scenario are there and follow this identity. A rescoring that was killed leaves the
/// result of the scoring before.
bool has_current_result(const Scenario& scenario, const std::string& identity) {
  const auto file = scenario.folder / "result.json";
  if (!std::filesystem::exists(file) || !std::filesystem::exists(scenario.folder / "predictions.jsonl")) return false;
  const auto result = nlohmann::json::parse(read_file(file), nullptr, false);
  const auto manifest = result.find("manifest");
  if (!result.is_object() || manifest == result.end() || !manifest->is_object()) return false;
  return !manifest->contains("identity") || manifest->at("identity") == nlohmann::json::parse(identity);
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
  Journal journal(scenario.folder, test.identity, scenario.mode);
  check_records(scenario.folder, test.samples, journal);
  const std::size_t before = journal.records().size();
  run_batches(scenario, {scenario.name, test.samples, journal}, progress, prepared);
  const TrainPredictions train = predict_train(scenario, test, progress, prepared);
  ScenarioResult result = score(scenario, test, journal.records(), train);
  // A finished scenario keeps its files: they tell how long the work took, which this call does not know.
  const bool written = journal.records().size() == before && scenario.mode == JournalMode::resume &&
                       has_current_result(scenario, test.identity);
  if (result.complete && !written) {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    write_result(scenario, test, journal.records(), result, seconds.count(), journal.records().size() - before);
  }
  return result;
}

}  // namespace medvlm
