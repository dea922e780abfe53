// Loader threads: read, decode and preprocess images ahead of the model, in the order in which they are wanted.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "medvlm/core/dataset.hpp"
#include "medvlm/core/embedding_cache.hpp"

namespace medvlm {

/// One image on its way to the model.
struct LoadedImage {
  std::string hash;                  ///< empty if reading failed
  ProcessedImage processed;          ///< undefined pixels if the cache has the embedding, or on error
  bool cached = false;
  std::optional<SampleError> error;
};

/// Turns decoded pixels into the model's input; called from several threads.
using Preprocess = std::function<ProcessedImage(const Image&)>;

/// Loads the images of `samples` on `threads` threads, at most `window` ahead of the consumer.
class MEDVLM_API ImageLoader {
 public:
  /// `cache` may be null. All references must outlive the loader.
  ImageLoader(const Dataset& dataset, std::span<const Sample* const> samples, Preprocess preprocess,
              const EmbeddingCache* cache, int threads, std::size_t window);
  ~ImageLoader();
  ImageLoader(const ImageLoader&) = delete;
  ImageLoader& operator=(const ImageLoader&) = delete;

  /// The next image, in order. Blocks until it is loaded.
  LoadedImage next();
  /// Loads one sample now, on the caller's thread, without asking the cache.
  LoadedImage load(const Sample& sample) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace medvlm
