// Encodes a batch of images whatever happens: halves it when memory runs out, isolates an image that fails.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "medvlm/core/model.hpp"

namespace medvlm {

/// The outcome for a batch: embeddings of the images that worked, in order, and errors of the others.
struct EncodedBatch {
  ImageEmbeddings embeddings;                       ///< rows of the images without error
  std::vector<std::optional<SampleError>> errors;   ///< one per image
};

/// Remembers the batch size that memory allows: halves on exhaustion, doubles again after 32 clean batches.
class BatchEncoder {
 public:
  explicit BatchEncoder(ImageTextEncoder& encoder) : encoder_(encoder) {}
  EncodedBatch encode(std::span<const ProcessedImage> images);
  /// The smallest number of images that had to be encoded at once; 0: no batch was ever cut.
  std::size_t smallest() const { return smallest_; }

 private:
  void encode_part(std::span<const ProcessedImage> images, std::size_t offset, EncodedBatch& result,
                   std::vector<ImageEmbeddings>& parts);

  ImageTextEncoder& encoder_;
  std::size_t limit_ = 0;  ///< 0: no limit
  std::size_t smallest_ = 0;
  int clean_ = 0;
};

/// Rows of several embeddings, one after another.
ImageEmbeddings concatenate(const std::vector<ImageEmbeddings>& parts);

}  // namespace medvlm
