// Byte pair encoding of one word.
#include "medvlm/sdk/text/bpe.hpp"

#include <algorithm>
#include <queue>
#include <span>

#include "../checkpoint/json_text.hpp"
#include "byte_token.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/unicode.hpp"
#include "merge_table.hpp"

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

constexpr std::size_t kMergeBlock = 64;  ///< merges that are looked up together

std::vector<std::pair<std::int64_t, std::int64_t>> ids_of_pairs(
    const Vocabulary& vocabulary, std::span<const std::pair<std::string_view, std::string_view>> pairs) {
  std::vector<std::string_view> tokens;
  for (const auto& [left, right] : pairs) tokens.insert(tokens.end(), {left, right});
  std::vector<std::int64_t> ids(tokens.size());
  vocabulary.find_ids(tokens, ids);
  std::vector<std::pair<std::int64_t, std::int64_t>> result;
  for (std::size_t i = 0; i < ids.size(); i += 2) result.emplace_back(ids[i], ids[i + 1]);
  return result;
}

/// The ids of what merges make. Most are listed in that order, so that the next one is found without a search.
class ResultFinder {
 public:
  explicit ResultFinder(const Vocabulary& vocabulary) : vocabulary_(vocabulary) {}

  /// -1 if there is none.
  std::int64_t find(std::string_view left, std::string_view right) {
    text_.assign(left).append(right);
    for (const std::int64_t guess : {id_ + 1, id_}) {
      const std::string* token = vocabulary_.token(guess);
      if (token && *token == text_) return id_ = guess;
    }
    return id_ = vocabulary_.id(text_).value_or(-1);
  }
  const std::string& text() const { return text_; }

 private:
  const Vocabulary& vocabulary_;
  std::string text_;
  std::int64_t id_ = -1;
};

}  // namespace

/// A token under construction, in a doubly linked list.
struct Bpe::Symbol {
  std::uint32_t id = 0;
  std::ptrdiff_t previous = -1;
  std::ptrdiff_t next = -1;
  bool merged_away = false;
};

Bpe::Bpe(Vocabulary vocabulary, BpeOptions options)
    : TokenModel(std::move(vocabulary)), options_(std::move(options)) {}

Bpe::Bpe(Vocabulary vocabulary, const Merges& merges, BpeOptions options, const std::string& label)
    : Bpe(std::move(vocabulary), std::move(options)) {
  set_merges(MergeViews(merges.begin(), merges.end()), label);
}

std::unique_ptr<const Bpe> Bpe::from_views(Vocabulary vocabulary, const MergeViews& merges, BpeOptions options,
                                           const std::string& label) {
  std::unique_ptr<Bpe> bpe(new Bpe(std::move(vocabulary), std::move(options)));
  bpe->set_merges(merges, label);
  return bpe;
}

Bpe::~Bpe() = default;

void Bpe::set_merges(const MergeViews& merges, const std::string& label) {
  const auto fail = [&](const std::string& place, std::string_view token) {
    throw Error(ErrorCode::checkpoint, label + ": " + place + ": " + in_quotes(token) + " is not in the vocabulary");
  };
  const auto known = [&](std::int64_t id, std::string_view token, std::size_t rank) {
    if (id < 0) fail("merge " + std::to_string(rank + 1), token);
    return static_cast<std::uint32_t>(id);
  };
  auto table = std::make_unique<MergeTable>(merges.size());
  ResultFinder results(vocabulary());
  for (std::size_t begin = 0; begin < merges.size(); begin += kMergeBlock) {
    const std::size_t end = std::min(begin + kMergeBlock, merges.size());
    const auto ids = ids_of_pairs(vocabulary(), std::span(merges).subspan(begin, end - begin));
    for (const auto& [left, right] : ids) {
      __builtin_prefetch(table->memory_of(static_cast<std::uint32_t>(left), static_cast<std::uint32_t>(right)));
    }
    for (std::size_t rank = begin; rank < end; ++rank) {
      const auto& [left, right] = merges[rank];
      const std::uint32_t left_id = known(ids[rank - begin].first, left, rank);
      const std::uint32_t right_id = known(ids[rank - begin].second, right, rank);
      const std::int64_t whole = results.find(left, right);
      const std::uint32_t whole_id = known(whole, results.text(), rank);
      const auto order = options_.ranks.empty() ? static_cast<std::uint32_t>(rank) : options_.ranks.at(rank);
      table->put(left_id, right_id, {order, whole_id});
    }
  }
  merges_ = std::move(table);
  if (!options_.unk_token) return;
  const auto unknown = this->id(*options_.unk_token);
  if (!unknown) fail("unk_token", *options_.unk_token);
  unk_id_ = static_cast<std::uint32_t>(*unknown);
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
    if (const auto* found = merges_->find(symbol.id, symbols[static_cast<std::size_t>(symbol.next)].id)) {
      queue.push({found->rank, found->id, static_cast<std::size_t>(left)});
    }
  };
  for (std::size_t i = 0; i < symbols.size(); ++i) offer(static_cast<std::ptrdiff_t>(i));
  while (!queue.empty()) {
    const Candidate best = queue.top();
    queue.pop();
    Symbol& left = symbols[best.left];
    if (left.merged_away || left.next < 0) continue;
    Symbol& right = symbols[static_cast<std::size_t>(left.next)];
    const auto* current = merges_->find(left.id, right.id);
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
