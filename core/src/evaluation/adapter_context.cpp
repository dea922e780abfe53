#include "adapter_context.hpp"

#include <algorithm>
#include <set>

#include <ATen/ATen.h>

#include "embedding_source.hpp"
#include "medvlm/base/log.hpp"

namespace medvlm {
namespace {

void report(const Sample& sample, const SampleError& error) {
  log(LogLevel::warning, "left out of training: '" + sample.id + "': " + error.message);
}

/// The frozen encoder of the model. Throws Error(config) if the model has none.
ImageTextEncoder& encoder_of(Model& model) {
  if (ImageTextEncoder* encoder = model.encoder()) return *encoder;
  throw Error(ErrorCode::config, model.info().family + " has no image encoder that this adapter could use");
}

void refuse_test(Split split) {
  if (split != Split::test) return;
  throw Error(ErrorCode::internal, "the adapter asked for the test split, which is closed until training has ended");
}

/// An ImageLoader without the samples that fail. Each of these is reported once, however often a training sees it.
class LoaderStream final : public ImageStream {
 public:
  LoaderStream(const Scenario& scenario, std::span<const Sample* const> order, std::set<std::string>& reported)
      : order_(order.begin(), order.end()),
        reported_(reported),
        loader_(*scenario.dataset, order_, image_preprocessing(*scenario.model), nullptr, scenario.loader_threads,
                2 * scenario.batch_size) {}

  std::optional<Item> next() override {
    while (position_ < order_.size()) {
      const std::size_t index = position_++;
      LoadedImage image = loader_.next();
      if (!image.error) return Item{index, std::move(image.processed)};
      if (reported_.insert(order_[index]->id).second) report(*order_[index], *image.error);
    }
    return std::nullopt;
  }

 private:
  std::vector<const Sample*> order_;
  std::set<std::string>& reported_;
  std::size_t position_ = 0;
  ImageLoader loader_;
};

}  // namespace

Preprocess image_preprocessing(Model& model, AdapterInput input) {
  ImageTextEncoder* encoder = model.encoder();
  Answerer* answerer = model.answerer();
  if (answerer && (!encoder || input == AdapterInput::questions)) {
    return [answerer](const Image& image) { return answerer->preprocess(image); };
  }
  if (encoder) return [encoder](const Image& image) { return encoder->preprocess(image); };
  throw Error(ErrorCode::config, model.info().family + " takes no images");
}

ScenarioContext::ScenarioContext(Scenario& scenario, Progress& progress)
    : scenario_(scenario), progress_(progress), folder_(scenario.folder / "adapter") {
  make_folder(folder_);
}

bool ScenarioContext::has(Split split) const {
  refuse_test(split);
  return has_split(*scenario_.dataset, split);
}

std::vector<Sample> ScenarioContext::samples(Split split) {
  refuse_test(split);
  return scenario_.dataset->samples(split);
}

ImageEmbeddings ScenarioContext::embed(std::span<const Sample> samples, std::vector<std::size_t>& kept) {
  std::vector<std::vector<const Sample*>> batches;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (i % scenario_.batch_size == 0) batches.emplace_back();
    batches.back().push_back(&samples[i]);
  }
  EmbeddingSource source(*scenario_.dataset, encoder_of(*scenario_.model), scenario_.cache, batches,
                         scenario_.loader_threads);
  progress_.begin("embedding", samples.size(), 0);
  std::vector<ImageEmbeddings> parts;
  std::size_t index = 0;
  for (const auto& batch : batches) {
    if (progress_.stop_requested()) throw Error(ErrorCode::interrupted, "stopped while embedding");
    const c10::InferenceMode frozen;
    EmbeddedBatch embedded = source.next();
    std::size_t errored = 0;
    for (std::size_t i = 0; i < batch.size(); ++i, ++index) {
      if (embedded.errors[i]) {
        report(*batch[i], *embedded.errors[i]);
        ++errored;
      } else {
        kept.push_back(index);
      }
    }
    if (embedded.embeddings.joint.defined()) {
      // On the CPU in float32: as the cache gives them, so that a re-run sees the same numbers.
      const auto& e = embedded.embeddings;
      parts.push_back({e.joint.to(at::kCPU, at::kFloat),
                       e.features.defined() ? e.features.to(at::kCPU, at::kFloat) : at::Tensor()});
    }
    progress_.advance(batch.size(), errored);
  }
  progress_.end();
  ImageEmbeddings all = concatenate(parts);
  // Tensors made in inference mode cannot take part in training; copies can.
  if (all.joint.defined() && all.joint.is_inference()) all.joint = all.joint.clone();
  if (all.features.defined() && all.features.is_inference()) all.features = all.features.clone();
  return all;
}

std::vector<ProcessedImage> ScenarioContext::load(std::span<const Sample> samples, std::vector<std::size_t>& kept) {
  std::vector<const Sample*> order;
  for (const Sample& sample : samples) order.push_back(&sample);
  const auto images = stream(order);
  std::vector<ProcessedImage> loaded;
  while (auto item = images->next()) {
    kept.push_back(item->index);
    loaded.push_back(std::move(item->image));
  }
  return loaded;
}

std::unique_ptr<ImageStream> ScenarioContext::stream(std::span<const Sample* const> order) {
  return std::make_unique<LoaderStream>(scenario_, order, reported_);
}

}  // namespace medvlm
