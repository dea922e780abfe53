// The unigram language model of SentencePiece.
#include "medvlm/sdk/text/unigram.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../checkpoint/json_text.hpp"
#include "byte_token.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/unicode.hpp"
#include "prefix_index.hpp"

namespace medvlm::sdk {
namespace {

constexpr double kUnknownPenalty = 10;     ///< an unknown letter is so much worse than the worst piece
constexpr double kUserDefinedMargin = 0.1;  ///< as in SentencePiece's unigram model
constexpr std::int64_t kUnknown = -1;

Vocabulary make_vocabulary(const std::vector<UnigramPiece>& pieces, const std::string& label) {
  const auto fail = [&](std::size_t id, const std::string& complaint) {
    throw Error(ErrorCode::checkpoint, label + ": piece " + std::to_string(id) + ": " + complaint);
  };
  if (pieces.empty()) throw Error(ErrorCode::checkpoint, label + ": there are no pieces");
  Vocabulary::Ids ids;
  ids.reserve(pieces.size());
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    if (pieces[id].text.empty()) fail(id, "is empty");
    if (!std::isfinite(pieces[id].score)) fail(id, "its score is not finite");
    if (!ids.emplace(pieces[id].text, static_cast<std::int64_t>(id)).second) {
      fail(id, in_quotes(pieces[id].text) + " appears twice");
    }
  }
  return {std::move(ids), label};
}

}  // namespace

/// The best way to reach one place in the text.
struct Unigram::Node {
  std::ptrdiff_t start = -1;  ///< where the last piece begins; -1: not reached
  std::int64_t id = kUnknown;
  double score = 0;
};

struct Unigram::Search {
  PrefixIndex index;
  std::vector<UnigramPiece> pieces;
  double lowest = std::numeric_limits<double>::infinity();
  double highest = std::numeric_limits<float>::min();  ///< not below it, as in SentencePiece
};

Unigram::Unigram(std::vector<UnigramPiece> pieces, UnigramOptions options, const std::string& label)
    : TokenModel(make_vocabulary(pieces, label)), options_(options), label_(label) {
  std::vector<PrefixIndex::Entry> entries;
  auto search = std::make_unique<Search>(Search{PrefixIndex({}), std::move(pieces)});
  for (std::size_t id = 0; id < search->pieces.size(); ++id) {
    const UnigramPiece& piece = search->pieces[id];
    if (piece.use != UnigramPiece::Use::never) entries.emplace_back(piece.text, static_cast<std::int64_t>(id));
    if (piece.use != UnigramPiece::Use::normal) continue;
    search->lowest = std::min(search->lowest, piece.score);
    search->highest = std::max(search->highest, piece.score);
  }
  if (!std::isfinite(search->lowest)) throw Error(ErrorCode::checkpoint, label + ": no piece can occur in a text");
  search->index = PrefixIndex(std::move(entries));
  if (options_.unk_id && !token(*options_.unk_id)) {
    throw Error(ErrorCode::checkpoint, label + ": unk_id: there is no piece " + std::to_string(*options_.unk_id));
  }
  search_ = std::move(search);
}

Unigram::~Unigram() = default;

std::vector<Unigram::Node> Unigram::best_nodes(std::string_view text) const {
  const auto rounded = [&](double score) {
    return options_.single_precision ? static_cast<double>(static_cast<float>(score)) : score;
  };
  const double unknown_score = rounded(search_->lowest - kUnknownPenalty);
  std::vector<Node> nodes(text.size() + 1);
  const auto offer = [&](std::size_t start, std::size_t length, std::int64_t id, double score) {
    Node& node = nodes[start + length];
    const double total = rounded(score + nodes[start].score);
    if (node.start >= 0 && total <= node.score) return;
    node = {static_cast<std::ptrdiff_t>(start), id, total};
  };
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t letter = code_point_at(text, start).length;
    bool letter_known = false;
    search_->index.search(text.substr(start), [&](std::size_t length, std::int64_t id) {
      const UnigramPiece& piece = search_->pieces[static_cast<std::size_t>(id)];
      const bool always = piece.use == UnigramPiece::Use::user_defined;
      const double score =
          always ? static_cast<double>(length) * search_->highest - kUserDefinedMargin : piece.score;
      offer(start, length, id, score);
      letter_known = letter_known || length == letter;
    });
    if (!letter_known) offer(start, letter, kUnknown, unknown_score);
    start += letter;
  }
  return nodes;
}

void Unigram::append_unknown(std::string_view text, std::vector<std::int64_t>& ids) const {
  if (options_.byte_fallback) {
    std::vector<std::int64_t> bytes;
    for (const char byte : text) {
      if (const auto found = id(byte_token(static_cast<unsigned char>(byte)))) bytes.push_back(*found);
    }
    if (bytes.size() == text.size()) {
      ids.insert(ids.end(), bytes.begin(), bytes.end());
      return;
    }
  }
  if (!options_.unk_id) {
    throw Error(ErrorCode::checkpoint, label_ + ": has no unknown token, but " + in_quotes(std::string(text)) +
                                           " is outside its vocabulary");
  }
  ids.push_back(*options_.unk_id);
}

void Unigram::encode(std::string_view word, std::vector<std::int64_t>& ids) const {
  if (word.empty()) return;
  const std::vector<Node> nodes = best_nodes(word);
  std::vector<std::size_t> ends;
  for (std::size_t end = word.size(); end > 0; end = static_cast<std::size_t>(nodes[end].start)) ends.push_back(end);
  const auto is_unknown = [&](std::size_t end) {
    return nodes[end].id == kUnknown || (options_.unk_id && nodes[end].id == *options_.unk_id);
  };
  for (std::size_t i = ends.size(); i-- > 0;) {
    const auto start = static_cast<std::size_t>(nodes[ends[i]].start);
    if (!is_unknown(ends[i])) {
      ids.push_back(nodes[ends[i]].id);
      continue;
    }
    while (i > 0 && is_unknown(ends[i - 1])) --i;  // the run as a whole
    append_unknown(word.substr(start, ends[i] - start), ids);
  }
}

}  // namespace medvlm::sdk
