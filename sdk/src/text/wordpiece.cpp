// WordPiece: the longest known piece, again and again.
#include "medvlm/sdk/text/wordpiece.hpp"

#include <algorithm>

#include "../checkpoint/json_text.hpp"
#include "medvlm/base/error.hpp"

namespace medvlm::sdk {
namespace {

bool begins_code_point(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }

}  // namespace

WordPiece::WordPiece(Vocabulary vocabulary, WordPieceOptions options, const std::string& label)
    : TokenModel(std::move(vocabulary)), options_(std::move(options)) {
  const auto unknown = id(options_.unk_token);
  if (!unknown) {
    throw Error(ErrorCode::checkpoint,
                label + ": unk_token: " + in_quotes(options_.unk_token) + " is not in the vocabulary");
  }
  unk_id_ = *unknown;
  longest_token_ = this->vocabulary().longest_token();
}

/// The id of the longest piece that starts at `begin`; `end` becomes its end.
std::optional<std::int64_t> WordPiece::longest_piece(std::string_view word, std::size_t begin, std::size_t& end) const {
  const std::string prefix = begin > 0 ? options_.prefix : "";
  if (longest_token_ < prefix.size()) return std::nullopt;
  for (end = std::min(word.size(), begin + longest_token_ - prefix.size()); end > begin; --end) {
    if (end < word.size() && !begins_code_point(word[end])) continue;
    if (const auto found = id(prefix + std::string(word.substr(begin, end - begin)))) return found;
  }
  return std::nullopt;
}

bool WordPiece::append_pieces(std::string_view word, std::vector<std::int64_t>& ids) const {
  for (std::size_t begin = 0, end = 0; begin < word.size(); begin = end) {
    const auto piece = longest_piece(word, begin, end);
    if (!piece) return false;
    ids.push_back(*piece);
  }
  return true;
}

void WordPiece::encode(std::string_view word, std::vector<std::int64_t>& ids) const {
  const auto length = static_cast<std::size_t>(std::count_if(word.begin(), word.end(), begins_code_point));
  const std::size_t before = ids.size();
  if (length <= options_.longest_word && append_pieces(word, ids)) return;
  ids.resize(before);
  ids.push_back(unk_id_);
}

}  // namespace medvlm::sdk
