// Texts of BLIP-2: WordPiece ids, and the embeddings that go into the Q-Former.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "blip2_config.hpp"
#include "medvlm/sdk/nn/layers.hpp"
#include "medvlm/sdk/text/batch.hpp"
#include "medvlm/sdk/text/tokenizer.hpp"

namespace medvlm::blip2 {

/// Immutable; may be used from several threads.
class Blip2Tokenizer {
 public:
  /// Reads the folder's tokenizer files; `positions` and `vocabulary` are config.json's. Throws Error(checkpoint).
  Blip2Tokenizer(const std::filesystem::path& folder, std::int64_t positions, std::int64_t vocabulary);

  /// Cut to the context with the end token kept; one image token per query, which later processors put in front of the
  /// ids and the model takes away again, is never there. Throws Error(checkpoint) for ids that the model lacks.
  sdk::TokenBatch tokenize(std::span<const std::string> texts, sdk::PadTo pad_to) const;

 private:
  sdk::Tokenizer tokenizer_;
  std::int64_t context_;
  std::int64_t vocabulary_;
  std::int64_t pad_;
};

/// Word and position embeddings; the norm after them is the Q-Former's.
class TextEmbeddings {
 public:
  explicit TextEmbeddings(const QFormerConfig& config);
  void declare(sdk::nn::ParameterList& list, const std::string& name);
  /// ids [n, length], int64 -> [n, length, width]
  at::Tensor forward(const at::Tensor& ids) const;

 private:
  sdk::nn::Embedding word_, position_;
};

}  // namespace medvlm::blip2
