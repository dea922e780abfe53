// Frozen image embeddings on the disk, keyed by content: the encoder's identity and the image's bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "medvlm/core/data.hpp"

namespace medvlm {

/// The embeddings of one encoder. find() may be called from several threads, also while put() runs.
/// Several processes may use the same folder: each writes a segment file of its own.
class MEDVLM_API EmbeddingCache {
 public:
  /// `encoder_key`: SHA-256 of everything that determines an embedding but the image. Damaged records are ignored.
  EmbeddingCache(const std::filesystem::path& folder, const std::string& encoder_key);
  ~EmbeddingCache();

  /// The embedding of one image, first dimension 1, on the CPU in float32; undefined tensors if absent.
  ImageEmbeddings find(const std::string& image_hash) const;
  bool contains(const std::string& image_hash) const;
  /// Stores row `row` of `batch`. A full disk is logged once and ends writing; it never fails the run.
  void put(const std::string& image_hash, const ImageEmbeddings& batch, std::int64_t row);
  std::size_t size() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// How many embeddings of an encoder are in the cache, and their bytes, from the sizes of the files alone.
struct CachedEmbeddings {
  std::size_t count = 0;
  std::uint64_t bytes_each = 0;  ///< 0: there are none
};
MEDVLM_API CachedEmbeddings cached_embeddings(const std::filesystem::path& folder, const std::string& encoder_key);

/// The identity of an image in caches: SHA-256 of its decoder's name and its bytes.
MEDVLM_API std::string image_hash(const EncodedImage& image);

}  // namespace medvlm
