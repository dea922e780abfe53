// Tokens that are cut out of a text before anything else.
#include "added_tokens.hpp"

#include <algorithm>

#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::sdk {
namespace {

std::size_t previous_start(std::string_view text, std::size_t at) {
  do {
    --at;
  } while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80);
  return at;
}

bool is_single_word(std::string_view text, std::size_t begin, std::size_t end) {
  const bool word_before = begin > 0 && is_word_character(code_point_at(text, previous_start(text, begin)).value);
  const bool word_after = end < text.size() && is_word_character(code_point_at(text, end).value);
  return !word_before && !word_after;
}

std::size_t without_space_before(std::string_view text, std::size_t begin, std::size_t limit) {
  while (begin > limit) {
    const std::size_t previous = previous_start(text, begin);
    if (previous < limit || !is_white_space(code_point_at(text, previous).value)) break;
    begin = previous;
  }
  return begin;
}

std::size_t without_space_after(std::string_view text, std::size_t end) {
  while (end < text.size()) {
    const CodePoint point = code_point_at(text, end);
    if (!is_white_space(point.value)) break;
    end += point.length;
  }
  return end;
}

}  // namespace

TokenFinder::TokenFinder() : nodes_(1) {}

void TokenFinder::add(std::string_view text, const AddedToken& token) {
  if (text.empty()) return;
  std::size_t node = 0;
  for (const char c : text) {
    const auto [place, is_new] = nodes_[node].next.try_emplace(static_cast<unsigned char>(c), nodes_.size());
    node = place->second;
    if (is_new) nodes_.emplace_back();
  }
  if (!nodes_[node].token) nodes_[node].token = &token;
}

TokenFinder::Found TokenFinder::longest_at(std::string_view text, std::size_t at) const {
  Found found;
  std::size_t node = 0;
  for (std::size_t i = at; i < text.size(); ++i) {
    const auto next = nodes_[node].next.find(static_cast<unsigned char>(text[i]));
    if (next == nodes_[node].next.end()) break;
    node = next->second;
    if (nodes_[node].token) found = {nodes_[node].token, i + 1};
  }
  return found;
}

std::vector<TokenFinder::Piece> TokenFinder::split(std::string_view text) const {
  std::vector<Piece> pieces;
  std::size_t covered = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Found found = longest_at(text, at);
    if (!found.token) {
      ++at;
      continue;
    }
    std::size_t begin = at;
    std::size_t end = found.end;
    at = end;
    if (begin < covered || (found.token->single_word && !is_single_word(text, begin, end))) continue;
    if (found.token->strip_left) begin = without_space_before(text, begin, covered);
    if (found.token->strip_right) end = without_space_after(text, end);
    if (begin > covered) pieces.push_back({nullptr, text.substr(covered, begin - covered)});
    pieces.push_back({found.token, text.substr(begin, end - begin)});
    covered = end;
  }
  if (covered < text.size()) pieces.push_back({nullptr, text.substr(covered)});
  return pieces;
}

}  // namespace medvlm::sdk
