#include <chrono>
#include <cmath>

#include <ATen/ATen.h>
#include <nlohmann/json.hpp>

#include "adapter_context.hpp"
#include "embedding_source.hpp"
#include "medvlm/base/log.hpp"
#include "medvlm/core/sample_error.hpp"
#include "medvlm/core/scenario.hpp"
#include "scoring.hpp"
#include "training.hpp"

namespace medvlm {
namespace {

/// The first batch is small, so that a mistake in a study shows soon.
constexpr std::size_t kFirstBatch = 4;

/// A split cut into fixed batches, by position: a resumed run computes the same batches as an uninterrupted one.
struct Batch {
  std::size_t first = 0;
  std::vector<const Sample*> samples;
};

std::vector<Batch> batches_to_do(std::span<const Sample> samples, std::size_t batch_size,
                                 const std::map<std::size_t, JournalRecord>& done) {
  std::vector<Batch> batches;
  for (std::size_t first = 0, last = 0; first < samples.size(); first = last) {
    last = std::min(first + (first == 0 ? std::min(kFirstBatch, batch_size) : batch_size), samples.size());
    Batch batch{first, {}};
    bool complete = true;
    for (std::size_t i = first; i < last; ++i) {
      batch.samples.push_back(&samples[i]);
      complete = complete && done.contains(i);
    }
    if (!complete) batches.push_back(std::move(batch));
  }
  return batches;
}

Prediction failed(SampleError error) {
  Prediction prediction;
  prediction.error = std::move(error);
  return prediction;
}

/// Asks the adapter for one batch. If the whole batch fails, tries its samples one by one, so that only the culprit is
/// errored.
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
  if (batch.samples.size() == 1) return {failed(std::move(*error))};
  predictions.clear();
  for (std::size_t i = 0; i < batch.samples.size(); ++i) {
    AdapterBatch single;
    single.samples = {batch.samples[i]};
    const auto row = static_cast<std::int64_t>(i);
    if (batch.embeddings.joint.defined()) single.embeddings.joint = batch.embeddings.joint.narrow(0, row, 1);
    if (batch.embeddings.features.defined()) single.embeddings.features = batch.embeddings.features.narrow(0, row, 1);
    if (!batch.images.empty()) single.images = {batch.images[i]};
    predictions.push_back(std::move(predict(adapter, single).front()));
  }
  return predictions;
}

/// Feeds the adapter with whatever it wants for each batch.
class BatchFeed {
 public:
  BatchFeed(Scenario& scenario, AdapterInput input, const std::vector<Batch>& batches) {
    for (const Batch& batch : batches) samples_.push_back(batch.samples);
    if (input == AdapterInput::embeddings) {
      ImageTextEncoder* encoder = scenario.model->encoder();
      if (!encoder) throw Error(ErrorCode::config, scenario.model->info().family + " has no image encoder");
      embeddings_ = std::make_unique<EmbeddingSource>(*scenario.dataset, *encoder, scenario.cache, samples_,
                                                      scenario.loader_threads);
      return;
    }
    for (const auto& batch : samples_) flat_.insert(flat_.end(), batch.begin(), batch.end());
    images_ = std::make_unique<ImageLoader>(*scenario.dataset, flat_, image_preprocessing(*scenario.model), nullptr,
                                            scenario.loader_threads, 2 * scenario.batch_size);
  }

  /// The next batch's working samples; `errors` gets one entry per sample of the batch.
  AdapterBatch next(std::vector<std::optional<SampleError>>& errors) {
    const auto& samples = samples_[position_++];
    AdapterBatch batch;
    if (embeddings_) {
      EmbeddedBatch embedded = embeddings_->next();
      errors = std::move(embedded.errors);
      batch.embeddings = std::move(embedded.embeddings);
    } else {
      for (std::size_t i = 0; i < samples.size(); ++i) {
        LoadedImage image = images_->next();
        errors.push_back(image.error);
        if (!image.error) batch.images.push_back(std::move(image.processed));
      }
    }
    for (std::size_t i = 0; i < samples.size(); ++i) {
      if (!errors[i]) batch.samples.push_back(samples[i]);
    }
    return batch;
  }

 private:
  std::vector<std::vector<const Sample*>> samples_;
  std::vector<const Sample*> flat_;
  std::size_t position_ = 0;
  std::unique_ptr<EmbeddingSource> embeddings_;
  std::unique_ptr<ImageLoader> images_;
};

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
    const std::size_t index = batch.first + i;
    if (!journal.records().contains(index)) records.push_back({index, batch.samples[i]->id, std::move(prediction)});
  }
  return records;
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
  const std::vector<Batch> batches = batches_to_do(split.samples, scenario.batch_size, journal.records());
  if (batches.empty()) return;
  if (!prepared) prepare_adapter(scenario, progress);
  prepared = true;
  BatchFeed feed(scenario, scenario.adapter->traits(scenario.dataset->info()).input, batches);
  progress.begin(split.name, split.samples.size(), journal.records().size());
  for (const Batch& batch : batches) {
    if (progress.stop_requested()) break;
    const auto records = run_batch(scenario, feed, batch, journal);
    journal.append(records);
    std::size_t errored = 0;
    for (const JournalRecord& record : records) {
      if (!record.prediction.error) continue;
      ++errored;
      log(LogLevel::warning, "sample '" + record.id + "' has no prediction (" + record.prediction.error->stage +
                                 "): " + record.prediction.error->message);
    }
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

bool has_train_split(const Dataset& dataset) {
  const auto splits = dataset.splits();
  return std::find(splits.begin(), splits.end(), Split::train) != splits.end();
}

/// Predictions on the train split, for metrics that fix something there. Empty if no metric does, or if there is no such
/// split: then these metrics are undefined, which must not cost the others.
TrainPredictions predict_train(Scenario& scenario, const TestSplit& test, Progress& progress, bool& prepared) {
  TrainPredictions train;
  if (!needs_train_predictions(scenario) || !has_train_split(*scenario.dataset)) return train;
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
