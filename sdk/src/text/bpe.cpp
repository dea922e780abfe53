// Byte pair encoding of one word.
#include "medvlm/sdk/text/bpe.hpp"

#include <queue>

#include "../checkpoint/json_text.hpp"
#include "byte_token.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::sdk {
namespace {

/// A merge that was possible when it was queued.
struct Candidate {
  std::uint32_t rank;
  std::uint32_t id;
  std::size_t left;  ///< index of the left symbol
  /// The queue's top is the greatest: lowest rank first, then leftmost.
  bool operator<(const Candidate& other) const {
    return rank != other.rank ? rank > other.rank : left > other.left;
  }
};

}  // namespace

/// A token under construction, in a doubly linked list.
struct Bpe::Symbol {
  std::uint32_t id = 0;
  std::ptrdiff_t previous = -1;
  std::ptrdiff_t next = -1;
  bool merged_away = false;
};

Bpe::Bpe(Vocabulary vocabulary, const Merges& merges, BpeOptions options, const std::string& label)
    : TokenModel(std::move(vocabulary)), options_(std::move(options)) {
  const auto fail = [&](const std::string& complaint) { throw Error(ErrorCode::checkpoint, label + ": " + complaint); };
  const auto known = [&](const std::string& token, const std::string& place) {
    const auto found = this->id(token);
    if (!found) fail(place + in_quotes(token) + " is not in the vocabulary");
    return static_cast<std::uint32_t>(*found);
  };
  merges_.reserve(merges.size());
  for (std::size_t rank = 0; rank < merges.size(); ++rank) {
    const auto& [left, right] = merges[rank];
    const std::string place = "merge " + std::to_string(rank + 1) + ": ";
    const std::uint64_t pair = std::uint64_t{known(left, place)} << 32 | known(right, place);
    const std::uint32_t order = options_.ranks.empty() ? static_cast<std::uint32_t>(rank) : options_.ranks.at(rank);
    merges_.insert_or_assign(pair, Merge{order, known(left + right, place)});
  }
  if (options_.unk_token) unk_id_ = known(*options_.unk_token, "unk_token: ");
}

const Bpe::Merge* Bpe::find_merge(std::uint32_t left, std::uint32_t right) const {
  const auto found = merges_.find(std::uint64_t{left} << 32 | right);
  return found == merges_.end() ? nullptr : &found->second;
}

std::vector<Bpe::Symbol> Bpe::letters(std::string_view word) const {
  std::vector<Symbol> symbols;
  const auto add = [&](std::int64_t id) { symbols.push_back({static_cast<std::uint32_t>(id)}); };
  bool after_unknown = false;
  for (std::size_t at = 0; at < word.size();) {
    const std::size_t length = code_point_at(word, at).length;
    std::string letter(word.substr(at, length));
    at += length;
    if (at >= word.size()) letter += options_.end_of_word_suffix;
    if (const auto found = id(letter)) {
      add(*found);
      after_unknown = false;
      continue;
    }
    std::vector<std::int64_t> bytes;
    for (const char byte : letter) {
      const auto found = options_.byte_fallback ? id(byte_token(static_cast<unsigned char>(byte))) : std::nullopt;
      if (found) bytes.push_back(*found);
    }
    if (options_.byte_fallback && bytes.size() == letter.size()) {
      for (const auto byte : bytes) add(byte);
      after_unknown = false;
    } else if (unk_id_) {
      if (!after_unknown || !options_.fuse_unk) add(*unk_id_);
      after_unknown = true;
    }
  }
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    symbols[i].previous = static_cast<std::ptrdiff_t>(i) - 1;
    symbols[i].next = i + 1 < symbols.size() ? static_cast<std::ptrdiff_t>(i) + 1 : -1;
  }
  return symbols;
}

void Bpe::merge(std::vector<Symbol>& symbols) const {
  std::priority_queue<Candidate> queue;
  const auto offer = [&](std::ptrdiff_t left) {
    if (left < 0 || symbols[static_cast<std::size_t>(left)].next < 0) return;
    const Symbol& symbol = symbols[static_cast<std::size_t>(left)];
    if (const Merge* merge = find_merge(symbol.id, symbols[static_cast<std::size_t>(symbol.next)].id)) {
      queue.push({merge->rank, merge->id, static_cast<std::size_t>(left)});
    }
  };
  for (std::size_t i = 0; i < symbols.size(); ++i) offer(static_cast<std::ptrdiff_t>(i));
  while (!queue.empty()) {
    const Candidate best = queue.top();
    queue.pop();
    Symbol& left = symbols[best.left];
    if (left.merged_away || left.next < 0) continue;
    Symbol& right = symbols[static_cast<std::size_t>(left.next)];
    const Merge* current = find_merge(left.id, right.id);
    if (!current || current->id != best.id) continue;  // a neighbour has changed since
    left.id = best.id;
    right.merged_away = true;
    left.next = right.next;
    if (left.next >= 0) symbols[static_cast<std::size_t>(left.next)].previous = static_cast<std::ptrdiff_t>(best.left);
    offer(left.previous);
    offer(static_cast<std::ptrdiff_t>(best.left));
  }
}

void Bpe::encode(std::string_view word, std::vector<std::int64_t>& ids) const {
  if (word.empty()) return;
  if (options_.ignore_merges) {
    if (const auto whole = id(word)) {
      ids.push_back(*whole);
      return;
    }
  }
  std::vector<Symbol> symbols = letters(word);
  merge(symbols);
  for (const Symbol& symbol : symbols) {
    if (!symbol.merged_away) ids.push_back(symbol.id);
  }
}

}  // namespace medvlm::sdk
