#include "embedding_source.hpp"

namespace medvlm {
namespace {

std::vector<const Sample*> flatten(const std::vector<std::vector<const Sample*>>& batches) {
  std::vector<const Sample*> all;
  for (const auto& batch : batches) all.insert(all.end(), batch.begin(), batch.end());
  return all;
}

std::size_t largest(const std::vector<std::vector<const Sample*>>& batches) {
  std::size_t size = 1;
  for (const auto& batch : batches) size = std::max(size, batch.size());
  return size;
}

}  // namespace

EmbeddingSource::EmbeddingSource(const Dataset& dataset, ImageTextEncoder& encoder, EmbeddingCache* cache,
                                 const std::vector<std::vector<const Sample*>>& batches, int threads)
    : cache_(cache), batches_(batches), batch_encoder_(encoder) {
  const auto samples = flatten(batches);
  loader_ = std::make_unique<ImageLoader>(
      dataset, samples, [&encoder](const Image& image) { return encoder.preprocess(image); }, cache, threads,
      2 * largest(batches));
}

EmbeddedBatch EmbeddingSource::from_cache(const std::vector<LoadedImage>& images) const {
  EmbeddedBatch batch;
  std::vector<ImageEmbeddings> rows;
  for (const LoadedImage& image : images) {
    batch.errors.push_back(image.error);
    if (!image.error) rows.push_back(cache_->find(image.hash));
    if (!image.error && !rows.back().joint.defined()) return {};  // damaged in the cache: encode the batch
  }
  batch.embeddings = concatenate(rows);
  return batch;
}

EmbeddedBatch EmbeddingSource::next() {
  const auto& samples = batches_[position_++];
  std::vector<LoadedImage> images;
  bool all_cached = cache_ != nullptr;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    images.push_back(loader_->next());
    all_cached = all_cached && (images.back().cached || images.back().error);
  }
  if (all_cached) {
    EmbeddedBatch batch = from_cache(images);
    if (!batch.errors.empty()) return batch;
  }
  std::vector<ProcessedImage> inputs;
  std::vector<std::size_t> origin;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (images[i].cached) images[i] = loader_->load(*samples[i]);
    if (images[i].error) continue;
    inputs.push_back(std::move(images[i].processed));
    origin.push_back(i);
  }
  EmbeddedBatch batch;
  for (const LoadedImage& image : images) batch.errors.push_back(image.error);
  if (inputs.empty()) return batch;
  EncodedBatch encoded = batch_encoder_.encode(inputs);
  std::int64_t row = 0;
  for (std::size_t i = 0; i < origin.size(); ++i) {
    batch.errors[origin[i]] = encoded.errors[i];
    if (!encoded.errors[i] && cache_) cache_->put(images[origin[i]].hash, encoded.embeddings, row);
    row += encoded.errors[i] ? 0 : 1;
  }
  batch.embeddings = std::move(encoded.embeddings);
  return batch;
}

}  // namespace medvlm
