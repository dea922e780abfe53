#include "encoding.hpp"

#include <ATen/ATen.h>

#include "medvlm/base/log.hpp"
#include "medvlm/core/device.hpp"
#include "medvlm/core/sample_error.hpp"

namespace medvlm {
namespace {

constexpr int kCleanBatchesBeforeGrowth = 32;

/// True for rows whose embedding has no NaN and no infinity.
std::vector<bool> finite_rows(const ImageEmbeddings& embeddings) {
  const std::int64_t rows = embeddings.joint.size(0);
  at::Tensor finite = at::isfinite(embeddings.joint).reshape({rows, -1}).all(1);
  if (embeddings.features.defined()) finite = finite & at::isfinite(embeddings.features).reshape({rows, -1}).all(1);
  finite = finite.to(at::kCPU).contiguous();
  const bool* values = finite.const_data_ptr<bool>();
  return std::vector<bool>(values, values + rows);
}

}  // namespace

ImageEmbeddings concatenate(const std::vector<ImageEmbeddings>& parts) {
  if (parts.empty()) return {};
  if (parts.size() == 1) return parts.front();
  std::vector<at::Tensor> joint, features;
  for (const ImageEmbeddings& part : parts) {
    joint.push_back(part.joint);
    if (part.features.defined()) features.push_back(part.features);
  }
  return {at::cat(joint), features.empty() ? at::Tensor() : at::cat(features)};
}

void BatchEncoder::encode_part(std::span<const ProcessedImage> images, std::size_t offset, EncodedBatch& result,
                               std::vector<ImageEmbeddings>& parts) {
  std::optional<SampleError> failure;
  ImageEmbeddings embeddings;
  failure = sample_error_of("encode", [&] {
    embeddings = encoder_.encode_images(images);
    if (!embeddings.joint.defined() || embeddings.joint.size(0) != static_cast<std::int64_t>(images.size())) {
      throw Error(ErrorCode::plugin, "the model returned embeddings for another number of images than it was given");
    }
  });
  if (!failure) {
    const auto finite = finite_rows(embeddings);
    std::vector<std::int64_t> good;
    for (std::size_t i = 0; i < images.size(); ++i) {
      if (finite[i]) {
        good.push_back(static_cast<std::int64_t>(i));
      } else {
        result.errors[offset + i] =
            SampleError{"encode", ErrorCode::plugin, "the embedding is not finite (NaN or infinity)"};
      }
    }
    if (good.size() == images.size()) {
      parts.push_back(embeddings);
    } else if (!good.empty()) {
      const at::Tensor rows = at::tensor(good).to(embeddings.joint.device());
      parts.push_back({embeddings.joint.index_select(0, rows),
                       embeddings.features.defined() ? embeddings.features.index_select(0, rows) : at::Tensor()});
    }
    return;
  }
  if (images.size() == 1) {
    result.errors[offset] = std::move(failure);
    return;
  }
  const std::size_t half = images.size() / 2;
  if (failure->code == ErrorCode::out_of_memory) {
    embeddings = {};
    release_cached_memory();
    limit_ = std::max<std::size_t>(half, 1);
    smallest_ = smallest_ == 0 ? limit_ : std::min(smallest_, limit_);
    clean_ = 0;
    log(LogLevel::warning, "memory is exhausted: going on with batches of " + std::to_string(limit_));
  }
  encode_part(images.first(half), offset, result, parts);
  encode_part(images.subspan(half), offset + half, result, parts);
}

EncodedBatch BatchEncoder::encode(std::span<const ProcessedImage> images) {
  EncodedBatch result;
  result.errors.resize(images.size());
  std::vector<ImageEmbeddings> parts;
  for (std::size_t start = 0; start < images.size();) {
    const std::size_t count = limit_ ? std::min(limit_, images.size() - start) : images.size() - start;
    encode_part(images.subspan(start, count), start, result, parts);
    start += count;
  }
  if (limit_ && ++clean_ >= kCleanBatchesBeforeGrowth) {
    limit_ *= 2;
    clean_ = 0;
  }
  result.embeddings = concatenate(parts);
  return result;
}

}  // namespace medvlm
