#include "batches.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "adapter_context.hpp"

namespace medvlm {
namespace {

/// The first batch is small, so that a mistake in a study shows soon.
constexpr std::size_t kFirstBatch = 4;

/// All positions; where `by_image`, those of one image follow each other, images in order of their first sample.
std::vector<std::size_t> order_of(std::span<const Sample> samples, bool by_image) {
  std::vector<std::size_t> order(samples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (!by_image) return order;
  std::unordered_map<std::string_view, std::size_t> first;
  for (std::size_t i = 0; i < samples.size(); ++i) first.try_emplace(samples[i].image, i);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return first.at(samples[a].image) < first.at(samples[b].image);
  });
  return order;
}

/// How many of `order` from `begin` on make a batch: whole images if `by_image`, unless a single one has too many.
std::size_t batch_length(std::span<const Sample> samples, const std::vector<std::size_t>& order, std::size_t begin,
                         std::size_t limit, bool by_image) {
  const std::size_t length = std::min(limit, order.size() - begin);
  if (!by_image || begin + length == order.size()) return length;
  const std::string& next = samples[order[begin + length]].image;
  std::size_t whole = length;
  while (whole > 0 && samples[order[begin + whole - 1]].image == next) --whole;
  return whole > 0 ? whole : length;
}

}  // namespace

std::vector<Batch> batches_to_do(std::span<const Sample> samples, AdapterInput input, std::size_t batch_size,
                                 const std::map<std::size_t, JournalRecord>& done) {
  const bool by_image = input == AdapterInput::questions;
  const std::vector<std::size_t> order = order_of(samples, by_image);
  std::vector<Batch> batches;
  for (std::size_t begin = 0, length = 0; begin < order.size(); begin += length) {
    length = batch_length(samples, order, begin, begin == 0 ? std::min(kFirstBatch, batch_size) : batch_size, by_image);
    Batch batch;
    bool complete = true;
    for (std::size_t i = begin; i < begin + length; ++i) {
      batch.positions.push_back(order[i]);
      batch.samples.push_back(&samples[order[i]]);
      complete = complete && done.contains(order[i]);
    }
    if (!complete) batches.push_back(std::move(batch));
  }
  return batches;
}

BatchFeed::BatchFeed(Scenario& scenario, AdapterInput input, const std::vector<Batch>& batches)
    : share_images_(input == AdapterInput::questions) {
  for (const Batch& batch : batches) samples_.push_back(batch.samples);
  if (input == AdapterInput::embeddings) {
    ImageTextEncoder* encoder = scenario.model->encoder();
    if (!encoder) throw Error(ErrorCode::config, scenario.model->info().family + " has no image encoder");
    embeddings_ = std::make_unique<EmbeddingSource>(*scenario.dataset, *encoder, scenario.cache, samples_,
                                                    scenario.loader_threads);
    return;
  }
  for (const auto& batch : samples_) {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (share_images_ && i > 0 && batch[i]->image == batch[i - 1]->image) continue;
      to_load_.push_back(batch[i]);
    }
  }
  images_ = std::make_unique<ImageLoader>(*scenario.dataset, to_load_, image_preprocessing(*scenario.model, input), nullptr,
                                          scenario.loader_threads, 2 * scenario.batch_size);
}

void BatchFeed::add_images(const std::vector<const Sample*>& samples, AdapterBatch& batch,
                           std::vector<std::optional<SampleError>>& errors) {
  LoadedImage image;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const bool shared = share_images_ && i > 0 && samples[i]->image == samples[i - 1]->image;
    if (!shared) image = images_->next();
    errors.push_back(image.error);
    if (!image.error) batch.images.push_back(image.processed);
  }
}

AdapterBatch BatchFeed::next(std::vector<std::optional<SampleError>>& errors) {
  const auto& samples = samples_[position_++];
  AdapterBatch batch;
  if (embeddings_) {
    EmbeddedBatch embedded = embeddings_->next();
    errors = std::move(embedded.errors);
    batch.embeddings = std::move(embedded.embeddings);
  } else {
    add_images(samples, batch, errors);
  }
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (!errors[i]) batch.samples.push_back(samples[i]);
  }
  return batch;
}

}  // namespace medvlm
