// The batches of a split that are still to predict, and what the adapter is given for each.
#pragma once

#include <map>
#include <memory>

#include "embedding_source.hpp"
#include "medvlm/core/image_loader.hpp"
#include "medvlm/core/scenario.hpp"

namespace medvlm {

/// Samples that are predicted together, with their positions in the split.
struct Batch {
  std::vector<std::size_t> positions;
  std::vector<const Sample*> samples;
};

/// A split cut into batches of at most `batch_size`, without those that the journal has whole. The cut depends on the split
/// alone: a resumed run computes the same batches as an uninterrupted one. Questions on the same image lie together.
std::vector<Batch> batches_to_do(std::span<const Sample> samples, AdapterInput input, std::size_t batch_size,
                                 const std::map<std::size_t, JournalRecord>& done);

/// Feeds the adapter with whatever it wants for each batch: embeddings, or images loaded ahead.
class BatchFeed {
 public:
  BatchFeed(Scenario& scenario, AdapterInput input, const std::vector<Batch>& batches);

  /// The next batch's working samples; `errors` gets one entry per sample of the batch.
  AdapterBatch next(std::vector<std::optional<SampleError>>& errors);

 private:
  void add_images(const std::vector<const Sample*>& samples, AdapterBatch& batch,
                  std::vector<std::optional<SampleError>>& errors);

  std::vector<std::vector<const Sample*>> samples_;
  std::vector<const Sample*> to_load_;  ///< one per image that is loaded
  bool share_images_ = false;           ///< neighbours with the same image get the same tensors
  std::size_t position_ = 0;
  std::unique_ptr<EmbeddingSource> embeddings_;
  std::unique_ptr<ImageLoader> images_;
};

}  // namespace medvlm
