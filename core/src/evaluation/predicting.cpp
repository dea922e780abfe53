#include "predicting.hpp"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>

#include "medvlm/base/log.hpp"
#include "medvlm/core/device.hpp"
#include "medvlm/core/sample_error.hpp"
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

}  // namespace

std::vector<Batch> missing_batches(const Scenario& scenario, const SplitRun& split) {
  const AdapterInput input = scenario.adapter->traits(scenario.dataset->info()).input;
  return batches_to_do(split.samples, input, scenario.batch_size, split.journal.records());
}

void run_batches(Scenario& scenario, const SplitRun& split, const std::vector<Batch>& batches, Progress& progress,
                 bool& prepared) {
  if (batches.empty()) return;
  Journal& journal = split.journal;
  const AdapterInput input = scenario.adapter->traits(scenario.dataset->info()).input;
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

}  // namespace medvlm
