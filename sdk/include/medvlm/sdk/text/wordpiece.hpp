// WordPiece: a word is cut into the longest known pieces from the left; pieces inside a word carry a prefix.
#pragma once

#include <string>

#include "medvlm/sdk/text/token_model.hpp"

namespace medvlm::sdk {

struct WordPieceOptions {
  std::string unk_token = "[UNK]";   ///< stands for a whole word of which any part is unknown
  std::string prefix = "##";         ///< of every piece but a word's first
  std::size_t longest_word = 100;    ///< in code points; longer words become the unknown token
};

/// The model of BERT's tokenizers (Wu et al., 2016, as in `tokenizers`' models::WordPiece).
class MEDVLM_API WordPiece final : public TokenModel {
 public:
  /// Throws Error(checkpoint), beginning with `label`, if the unknown token is not in the vocabulary.
  WordPiece(Vocabulary vocabulary, WordPieceOptions options, const std::string& label);

  void encode(std::string_view word, std::vector<std::int64_t>& ids) const override;

 private:
  bool append_pieces(std::string_view word, std::vector<std::int64_t>& ids) const;
  std::optional<std::int64_t> longest_piece(std::string_view word, std::size_t begin, std::size_t& end) const;

  WordPieceOptions options_;
  std::int64_t unk_id_ = 0;
  std::size_t longest_token_ = 0;  ///< in bytes, of the whole vocabulary
};

}  // namespace medvlm::sdk
