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

namespace medvlm {
namespace {

/// The test split cut into fixed batches, by position: a resumed run computes the same batches as an uninterrupted one.
struct Batch {
  std::size_t first = 0;
  std::vector<const Sample*> samples;
};

std::vector<Batch> batches_to_do(const Scenario& scenario, const std::map<std::size_t, JournalRecord>& done) {
  std::vector<Batch> batches;
  for (std::size_t first = 0; first < scenario.samples.size(); first += scenario.batch_size) {
    const std::size_t last = std::min(first + scenario.batch_size, scenario.samples.size());
    Batch batch{first, {}};
    bool complete = true;
    for (std::size_t i = first; i < last; ++i) {
      batch.samples.push_back(&scenario.samples[i]);
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
    ImageTextEncoder* encoder = scenario.model->encoder();
    Answerer* answerer = scenario.model->answerer();
    if (!encoder && !answerer) throw Error(ErrorCode::config, scenario.model->info().family + " takes no images");
    images_ = std::make_unique<ImageLoader>(
        *scenario.dataset, flat_,
        [encoder, answerer](const Image& image) {
          return encoder ? encoder->preprocess(image) : answerer->preprocess(image);
        },
        nullptr, scenario.loader_threads, 2 * scenario.batch_size);
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

void run_batches(Scenario& scenario, Journal& journal, Progress& progress) {
  const std::vector<Batch> batches = batches_to_do(scenario, journal.records());
  if (batches.empty()) return;
  const AdapterTraits traits = scenario.adapter->traits(scenario.dataset->info());
  ScenarioContext context(scenario, progress);
  scenario.adapter->prepare(context);
  BatchFeed feed(scenario, traits.input, batches);
  progress.begin(scenario.name, scenario.samples.size(), journal.records().size());
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

void check_records(const Scenario& scenario, const Journal& journal) {
  for (const auto& [index, record] : journal.records()) {
    if (index < scenario.samples.size() && scenario.samples[index].id == record.id) continue;
    throw Error(ErrorCode::conflict, "the journal in '" + scenario.folder.string() + "' has sample '" + record.id +
                                         "' at position " + std::to_string(index) +
                                         ", the dataset does not; start over with --fresh");
  }
}

/// True if both files of a finished scenario are there and follow this identity. A rescoring that was killed leaves the
/// result of the scoring before.
bool has_current_result(const Scenario& scenario) {
  const auto file = scenario.folder / "result.json";
  if (!std::filesystem::exists(file) || !std::filesystem::exists(scenario.folder / "predictions.jsonl")) return false;
  const auto result = nlohmann::json::parse(read_file(file), nullptr, false);
  const auto manifest = result.find("manifest");
  if (!result.is_object() || manifest == result.end() || !manifest->is_object()) return false;
  return !manifest->contains("identity") || manifest->at("identity") == nlohmann::json::parse(scenario.identity);
}

}  // namespace

Progress::~Progress() = default;

ScenarioResult evaluate(Scenario& scenario, Progress& progress) {
  const auto start = std::chrono::steady_clock::now();
  make_folder(scenario.folder);
  const FolderLock lock(scenario.folder);
  if (scenario.mode == JournalMode::fresh) {
    for (const char* stale : {"result.json", "predictions.jsonl"}) std::filesystem::remove(scenario.folder / stale);
    std::filesystem::remove_all(scenario.folder / "adapter");
  }
  Journal journal(scenario.folder, scenario.identity, scenario.mode);
  check_records(scenario, journal);
  const std::size_t before = journal.records().size();
  run_batches(scenario, journal, progress);
  ScenarioResult result = score(scenario, journal.records());
  // A finished scenario keeps its files: they tell how long the work took, which this call does not know.
  const bool written = journal.records().size() == before && scenario.mode == JournalMode::resume &&
                       has_current_result(scenario);
  if (result.complete && !written) {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    write_result(scenario, journal.records(), result, seconds.count(), journal.records().size() - before);
  }
  return result;
}

}  // namespace medvlm
