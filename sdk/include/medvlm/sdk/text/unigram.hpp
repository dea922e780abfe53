// The unigram language model of SentencePiece: the split of a text whose pieces are most likely together.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "medvlm/sdk/text/token_model.hpp"

namespace medvlm::sdk {

struct UnigramPiece {
  enum class Use {
    normal,
    user_defined,  ///< taken wherever it occurs
    never,         ///< has an id, but is not found in texts: control tokens, bytes, the unknown piece
  };
  std::string text;
  double score = 0;  ///< logarithm of its probability
  Use use = Use::normal;
};

struct UnigramOptions {
  std::optional<std::int64_t> unk_id;  ///< for letters that no piece covers; a run of them becomes one token
  bool byte_fallback = false;          ///< such letters become <0xNN> for each byte, if these exist
  /// Sums of scores are rounded to float32, as the SentencePiece library does; it decides between near ties.
  bool single_precision = false;
};

/// Viterbi search (Kudo, 2018). Immutable; may be used from several threads.
class MEDVLM_API Unigram final : public TokenModel {
 public:
  /// The id of a piece is its place. Throws Error(checkpoint), beginning with `label`, if there is no piece, one appears
  /// twice or is empty, a score is not finite, or the unknown id is no piece.
  Unigram(std::vector<UnigramPiece> pieces, UnigramOptions options, const std::string& label);
  ~Unigram() override;

  /// Time proportional to the text's length times the longest piece's. Throws Error(checkpoint) for a letter outside the
  /// vocabulary if there is no unknown piece.
  void encode(std::string_view word, std::vector<std::int64_t>& ids) const override;

 private:
  struct Node;
  struct Search;
  std::vector<Node> best_nodes(std::string_view text) const;
  void append_unknown(std::string_view text, std::vector<std::int64_t>& ids) const;

  UnigramOptions options_;
  std::string label_;
  std::unique_ptr<const Search> search_;
};

}  // namespace medvlm::sdk
