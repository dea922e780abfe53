#include "medvlm/sdk/text_metric/answer_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include <unicode/uchar.h>

#include "contractions.hpp"
#include "medvlm/sdk/text/unicode.hpp"
#include "medvlm/sdk/text_metric/tokens.hpp"

namespace medvlm::sdk {
namespace {

constexpr std::string_view kAnswerMarks = ";/[]\"{}()=+\\_-><@`,?!";
constexpr int kFullStopsRemoved = 32;  // the original passes a regular expression's flag where the count belongs

bool is_decimal_digit_at(std::string_view text, std::size_t at) {
  return at < text.size() && u_isdigit(static_cast<UChar32>(code_point_at(text, at).value));
}

bool is_decimal_digit_before(std::string_view text, std::size_t at) {
  if (at == 0) return false;
  do --at;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80);  // to the code point's first byte
  return is_decimal_digit_at(text, at);
}

/// Somewhere a digit, a comma, a digit.
bool has_comma_between_digits(std::string_view text) {
  for (std::size_t at = text.find(','); at != std::string_view::npos; at = text.find(',', at + 1)) {
    if (is_decimal_digit_before(text, at) && is_decimal_digit_at(text, at + 1)) return true;
  }
  return false;
}

enum class MarkRule : std::uint8_t { keep, blank, drop };

/// What happens to each byte: marks become a space, or go.
std::array<MarkRule, 256> mark_rules(std::string_view text) {
  std::array<MarkRule, 256> rules{};
  const auto rule_of = [&](char c) -> MarkRule& { return rules[static_cast<unsigned char>(c)]; };
  const bool drop_all = has_comma_between_digits(text);
  for (const char mark : kAnswerMarks) rule_of(mark) = drop_all ? MarkRule::drop : MarkRule::blank;
  const auto drop = [&](char neighbour) {
    if (rule_of(neighbour) == MarkRule::blank) rule_of(neighbour) = MarkRule::drop;
  };
  for (std::size_t at = text.find(' '); at != std::string_view::npos; at = text.find(' ', at + 1)) {
    if (at > 0) drop(text[at - 1]);
    if (at + 1 < text.size()) drop(text[at + 1]);
  }
  return rules;
}

void remove_marks(std::string& text) {
  const auto rules = mark_rules(text);
  std::size_t kept = 0;
  for (const char c : text) {
    const MarkRule rule = rules[static_cast<unsigned char>(c)];
    text[kept] = rule == MarkRule::blank ? ' ' : c;
    kept += rule != MarkRule::drop ? 1 : 0;
  }
  text.resize(kept);
}

void remove_full_stops(std::string& text) {
  int left = kFullStopsRemoved;
  std::size_t kept = text.find('.');
  if (kept == std::string::npos) return;
  for (std::size_t i = kept; i < text.size(); ++i) {
    if (text[i] == '.' && left > 0 && !is_decimal_digit_at(text, i + 1)) {
      --left;
    } else {
      text[kept++] = text[i];
    }
  }
  text.resize(kept);
}

bool is_article(std::string_view word) { return word == "a" || word == "an" || word == "the"; }

/// Number words and contractions with what they become.
const std::unordered_map<std::string_view, std::string_view>& answer_replacements() {
  static const auto table = [] {
    std::unordered_map<std::string_view, std::string_view> entries{
        {"none", "0"}, {"zero", "0"}, {"one", "1"},   {"two", "2"},   {"three", "3"}, {"four", "4"},
        {"five", "5"}, {"six", "6"},  {"seven", "7"}, {"eight", "8"}, {"nine", "9"},  {"ten", "10"}};
    for (const Contraction& each : kContractions) entries.emplace(each.word, each.written);
    return entries;
  }();
  return table;
}

bool is_ascii_punctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

}  // namespace

std::vector<std::string> answer_words(std::string_view text) {
  std::vector<std::string> words;
  std::string clean = lower_cased(text);
  remove_marks(clean);
  remove_full_stops(clean);
  const auto& replacements = answer_replacements();
  const auto parts = split_words(clean);
  words.reserve(parts.size());
  for (const std::string_view word : parts) {
    if (is_article(word)) continue;
    const auto found = replacements.find(word);
    words.emplace_back(found == replacements.end() ? word : found->second);
  }
  return words;
}

std::string normalised_answer(std::string_view text) {
  std::string joined;
  for (const std::string& word : answer_words(text)) {
    if (!joined.empty()) joined += ' ';
    joined += word;
  }
  return joined;
}

std::string plain_answer(std::string_view text) {
  std::string lower = lower_cased(text);
  std::erase_if(lower, is_ascii_punctuation);
  for (const std::string_view run : word_runs(lower)) {
    if (!is_article(run)) continue;
    const auto begin = lower.begin() + (run.data() - lower.data());
    std::fill(begin, begin + static_cast<std::ptrdiff_t>(run.size()), ' ');  // the other views stay valid
  }
  std::string joined;
  for (const std::string_view word : split_words(lower)) {
    if (!joined.empty()) joined += ' ';
    joined += word;
  }
  return joined;
}

std::optional<bool> parse_yes_no(std::string_view text) {
  const std::string lower = lower_cased(text);
  for (const std::string_view run : word_runs(lower)) {
    if (run == "yes") return true;
    if (run == "no") return false;
  }
  return std::nullopt;
}

bool contains_words(std::span<const std::string> words, std::span<const std::string> part) {
  return !part.empty() && std::search(words.begin(), words.end(), part.begin(), part.end()) != words.end();
}

bool is_right_closed(std::string_view answer, std::span<const std::string> reference) {
  const bool yes_or_no = reference.size() == 1 && (reference[0] == "yes" || reference[0] == "no");
  if (yes_or_no) return parse_yes_no(answer) == (reference[0] == "yes");
  return contains_words(answer_words(answer), reference);
}

}  // namespace medvlm::sdk
