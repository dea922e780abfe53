// Gives the frozen embeddings of samples, batch by batch: from the cache where it has the whole batch, else from the model.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "encoding.hpp"
#include "medvlm/core/embedding_cache.hpp"
#include "medvlm/core/image_loader.hpp"

namespace medvlm {

/// The embeddings of one batch of samples; rows belong to the samples without error, in order.
struct EmbeddedBatch {
  ImageEmbeddings embeddings;
  std::vector<std::optional<SampleError>> errors;  ///< one per sample
};

/// Walks over batches of samples. Batches are encoded whole or taken whole from the cache: floating-point products
/// depend on the batch's size, and a resumed run must give the bits of an uninterrupted one.
class EmbeddingSource {
 public:
  /// `batches`: the samples, in the order of the calls of next(). References must outlive the source.
  EmbeddingSource(const Dataset& dataset, ImageTextEncoder& encoder, EmbeddingCache* cache,
                  const std::vector<std::vector<const Sample*>>& batches, int threads);
  EmbeddedBatch next();
  std::size_t smallest_batch() const { return batch_encoder_.smallest(); }

 private:
  EmbeddedBatch from_cache(const std::vector<LoadedImage>& images) const;

  EmbeddingCache* cache_;
  const std::vector<std::vector<const Sample*>>& batches_;
  std::size_t position_ = 0;
  BatchEncoder batch_encoder_;
  std::unique_ptr<ImageLoader> loader_;
};

}  // namespace medvlm
