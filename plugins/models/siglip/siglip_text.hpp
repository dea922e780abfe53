// SigLIP's tokens: cleaned text, SentencePiece ids, the end token.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

#include "medvlm/sdk/text/batch.hpp"
#include "medvlm/sdk/text/tokenizer.hpp"

namespace medvlm::siglip {

/// Lower case, no ASCII punctuation, runs of white space as one space, none at the ends: the reference's
/// canonicalize_text. White space is what Python takes for it.
std::string clean_text(std::string_view text, bool lower_case);

/// `spiece.model` with the reference's Python class around it; where there is none, `tokenizer.json`.
/// Immutable; may be used from several threads.
class SiglipText {
 public:
  /// Reads the folder's tokenizer files. Throws Error(checkpoint).
  explicit SiglipText(const std::filesystem::path& folder);

  /// Ids [n, length], int64: cut to `context` with the end token kept, filled up with the padding token.
  at::Tensor tokenize(std::span<const std::string> texts, std::int64_t context, sdk::PadTo pad_to) const;
  /// The longest text that the tokenizer's files allow, in tokens.
  std::int64_t longest() const { return longest_; }
  const std::filesystem::path& path() const { return tokenizer_.path(); }

 private:
  /// A special text, found before anything else.
  struct Special {
    std::string text;
    std::int64_t id = 0;
    bool strip_left = true;  ///< takes the white space before it along
    bool strip_right = true;
  };
  void read_specials(const std::filesystem::path& folder);
  std::int64_t special_id(const std::string& text) const;
  const Special* special_at(std::string_view text) const;
  std::vector<std::int64_t> encode(const std::string& text, std::int64_t context) const;
  void encode_part(std::string_view part, std::vector<std::int64_t>& ids) const;

  bool sentencepiece_;
  sdk::Tokenizer tokenizer_;
  bool lower_case_ = true;
  std::int64_t longest_ = 64;
  std::int64_t end_ = 0;
  std::int64_t pad_ = 0;
  std::string unknown_ = "<unk>";
  std::vector<Special> specials_;
};

}  // namespace medvlm::siglip
