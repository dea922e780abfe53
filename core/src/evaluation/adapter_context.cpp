#include "adapter_context.hpp"

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

}  // namespace

ScenarioContext::ScenarioContext(Scenario& scenario, Progress& progress)
    : scenario_(scenario), progress_(progress), folder_(scenario.folder / "adapter") {
  make_folder(folder_);
}

std::vector<Sample> ScenarioContext::samples(Split split) {
  if (split == Split::test) {
    throw Error(ErrorCode::internal, "the adapter asked for the test split, which is closed until training has ended");
  }
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
  std::vector<const Sample*> pointers;
  for (const Sample& sample : samples) pointers.push_back(&sample);
  ImageTextEncoder* encoder = scenario_.model->encoder();
  Answerer* answerer = scenario_.model->answerer();
  ImageLoader loader(
      *scenario_.dataset, pointers,
      [&](const Image& image) { return encoder ? encoder->preprocess(image) : answerer->preprocess(image); }, nullptr,
      scenario_.loader_threads, 2 * scenario_.batch_size);
  std::vector<ProcessedImage> images;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    LoadedImage image = loader.next();
    if (image.error) {
      report(samples[i], *image.error);
      continue;
    }
    kept.push_back(i);
    images.push_back(std::move(image.processed));
  }
  return images;
}

}  // namespace medvlm
