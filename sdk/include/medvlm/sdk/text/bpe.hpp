// Byte pair encoding of one word: letters are merged pair by pair, in the order in which the merges were learnt.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medvlm/base/api.hpp"
#include "medvlm/sdk/text/token_model.hpp"

namespace medvlm::sdk {

struct BpeOptions {
  std::string end_of_word_suffix;        ///< appended to a word's last letter, e.g. "</w>"
  std::optional<std::string> unk_token;  ///< for letters outside the vocabulary; without it they are dropped
  bool fuse_unk = false;                 ///< a run of unknown letters becomes one token
  bool byte_fallback = false;            ///< an unknown letter becomes <0xNN> for each byte, if these exist
  std::vector<std::uint32_t> ranks;      ///< of the merges; of equal ones the leftmost is first. Empty: their places
  bool ignore_merges = false;            ///< a word in the vocabulary is taken whole
};

class MergeTable;

/// Immutable; may be used from several threads.
class MEDVLM_API Bpe : public TokenModel {
 public:
  using Merges = std::vector<std::pair<std::string, std::string>>;
  using MergeViews = std::vector<std::pair<std::string_view, std::string_view>>;

  /// Throws Error(checkpoint), beginning with `label`, if a merge or the unknown token is not in the vocabulary.
  Bpe(Vocabulary vocabulary, const Merges& merges, BpeOptions options, const std::string& label);
  /// The same for merges that lie in a text; they are not used afterwards.
  static std::unique_ptr<const Bpe> from_views(Vocabulary vocabulary, const MergeViews& merges, BpeOptions options,
                                               const std::string& label);
  ~Bpe() override;

  /// Time n log n in the word's letters.
  void encode(std::string_view word, std::vector<std::int64_t>& ids) const override;

 private:
  struct Symbol;
  Bpe(Vocabulary vocabulary, BpeOptions options);
  void set_merges(const MergeViews& merges, const std::string& label);
  std::vector<Symbol> letters(std::string_view word) const;
  void merge(std::vector<Symbol>& symbols) const;

  std::unique_ptr<const MergeTable> merges_;
  BpeOptions options_;
  std::optional<std::uint32_t> unk_id_;
};

}  // namespace medvlm::sdk
