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

/// A token that is cut out of texts before anything else; it may lie outside the model's vocabulary.
struct AddedToken {
  std::string content;
  std::int64_t id = 0;
  bool single_word = false;  ///< not next to a word character
  bool strip_left = false;   ///< takes the white space before it along
  bool strip_right = false;
  bool normalized = false;  ///< searched for in the normalised text
  bool special = false;     ///< left out by decode() if asked for: start, end, padding, places of images
};

/// A model (byte pairs, unigram, word pieces) with its normaliser, splitter, post-processor and decoder.
/// Whatever a file asks for and is not known here is an error that names it. Truncation and padding stored in a file
/// are left to the caller (pad_and_truncate). Immutable; may be used from several threads; cheap to copy.
class MEDVLM_API Tokenizer {
 public:
  /// What transformers makes of the folder, by the first of these that is there: `tokenizer.json`; `spiece.model`;
  /// `tokenizer.model`, as LLaMA's (the Python class) if one of the checkpoint's json files lies beside it; `vocab.txt`, as
  /// BERT's; `vocab.json` and `merges.txt`, as CLIP's or Qwen2's. Tokens that tokenizer_config.json,
  /// special_tokens_map.json and added_tokens.json name are added to what the file has, and tokenizer_config.json says
  /// whether decoded text is cleaned up. Throws Error(checkpoint), also if tokenizer_config.json names a class that the
  /// files would not be read as.
  static Tokenizer from_folder(const std::filesystem::path& folder);
  /// A `tokenizer.json` and nothing else; or a BERT vocabulary with a token on each line, whose name ends in ".txt"; or a
  /// SentencePiece model, whose name ends in ".model": that gives the ids of the SentencePiece library for the bare text,
  /// adds no special tokens and finds none in the text. Throws Error(checkpoint).
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
  /// By their ids.
  std::span<const AddedToken> added_tokens() const;
  /// Whether decode() can leave this token out.
  bool is_special(std::int64_t id) const;
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
