// Text to token ids and back, as a checkpoint's tokenizer files say.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk {

/// A model (byte pairs, unigram, word pieces) with its normaliser, splitter, post-processor and decoder.
/// Whatever a file asks for and is not known here is an error that names it. Truncation and padding stored in a file
/// are left to the caller (pad_and_truncate). Immutable; may be used from several threads; cheap to copy.
class MEDVLM_API Tokenizer {
 public:
  /// `tokenizer.json`, or else a SentencePiece model (`spiece.model`, `tokenizer.model`), or else `vocab.txt` of a BERT
  /// tokenizer, or else `vocab.json` and `merges.txt` of a CLIP tokenizer; the last two with tokenizer_config.json and
  /// special_tokens_map.json where they are. Throws Error(checkpoint).
  static Tokenizer from_folder(const std::filesystem::path& folder);
  /// A `tokenizer.json`; or a BERT vocabulary with a token on each line, whose name ends in ".txt"; or a SentencePiece
  /// model, whose name ends in ".model": that gives the ids of the SentencePiece library for the bare text, adds no special
  /// tokens and finds none in the text. Throws Error(checkpoint).
  static Tokenizer from_file(const std::filesystem::path& file);

  /// The ids; `add_special` adds what the post-processor adds (start and end tokens). Special strings inside the text
  /// become their ids either way. Throws Error(data) if the text is not valid UTF-8.
  std::vector<std::int64_t> encode(std::string_view text, bool add_special = true) const;
  /// The text as the file's decoder makes it; unknown ids give nothing, ill-formed UTF-8 becomes U+FFFD.
  std::string decode(std::span<const std::int64_t> ids, bool skip_special = false) const;

  /// The id of a token by its text, added tokens first.
  std::optional<std::int64_t> find_id(std::string_view token) const;
  /// The same; throws Error(checkpoint) that names the token if there is none.
  std::int64_t id(std::string_view token) const;
  /// Number of different tokens, added ones included.
  std::int64_t vocabulary_size() const;
  /// The file that was read, for messages.
  const std::filesystem::path& path() const;

 private:
  struct Pipeline;
  explicit Tokenizer(std::shared_ptr<const Pipeline> pipeline);
  std::shared_ptr<const Pipeline> pipeline_;
};

}  // namespace medvlm::sdk
