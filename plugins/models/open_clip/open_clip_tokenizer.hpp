// Texts to token ids as open_clip makes them: cleaned, cut, padded to the context.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "open_clip_config.hpp"

namespace medvlm::open_clip {

/// Immutable; may be used from several threads.
class OpenClipTokenizer {
 public:
  /// Byte pairs: reads merges.txt. Hugging Face: tokenizer.json or vocab.txt with their companions. Throws
  /// Error(checkpoint) that names the file, or an id that the text tower has no place for.
  OpenClipTokenizer(const std::filesystem::path& folder, const OpenClipConfig& config);
  ~OpenClipTokenizer();

  /// [n, context], int64. A text that is too long is cut, and its last id is the end token. Throws Error(data) for a text
  /// that is not UTF-8.
  at::Tensor operator()(std::span<const std::string> texts) const;
  /// The ids of one cleaned text with start and end token, not cut.
  std::vector<std::int64_t> encode(const std::string& text) const;
  /// Every file that was read.
  const std::vector<std::filesystem::path>& files() const { return files_; }

 private:
  class Kind;
  class BytePairs;
  class HuggingFace;

  std::int64_t context_;
  TokenizerConfig config_;
  std::vector<std::filesystem::path> files_;
  std::unique_ptr<const Kind> kind_;
};

}  // namespace medvlm::open_clip
