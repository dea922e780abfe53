#include "medvlm/sdk/text_metric/tokens.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <unicode/uchar.h>

#include "medvlm/sdk/text/unicode.hpp"
#include "medvlm/sdk/text_metric/porter.hpp"

namespace medvlm::sdk {
namespace {

bool is_ascii_byte(char c) { return static_cast<unsigned char>(c) < 0x80; }

bool parts_words(char32_t c) { return is_white_space(c) || (c >= 0x1c && c <= 0x1f); }

bool belongs_to_run(char32_t c) {
  return c == U'_' || (U_GET_GC_MASK(static_cast<UChar32>(c)) & (U_GC_L_MASK | U_GC_N_MASK)) != 0;
}

/// The longest runs of code points for which `inside` holds.
template <typename Inside>
std::vector<std::string_view> runs_of(std::string_view text, Inside inside) {
  std::vector<std::string_view> runs;
  runs.reserve(text.size() / 4 + 1);
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point =
        is_ascii_byte(text[at]) ? CodePoint{static_cast<char32_t>(text[at]), 1} : code_point_at(text, at);
    if (!inside(point.value)) {
      if (at > begin) runs.push_back(text.substr(begin, at - begin));
      begin = at + point.length;
    }
    at += point.length;
  }
  if (begin < text.size()) runs.push_back(text.substr(begin));
  return runs;
}

bool is_digit_13a(char c) { return c >= '0' && c <= '9'; }
bool is_point_13a(char c) { return c == '.' || c == ','; }

/// Marks that always stand alone: {-~  [-`  space-&  (-+  :-@  /
bool is_mark_13a(char c) {
  return (c >= '{' && c <= '~') || (c >= '[' && c <= '`') || (c >= ' ' && c <= '&') || (c >= '(' && c <= '+') ||
         (c >= ':' && c <= '@') || c == '/';
}

std::string marks_apart(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool apart = is_mark_13a(c);
    if (apart) result += ' ';
    result += c;
    if (apart) result += ' ';
  }
  return result;
}

/// Rewrites pairs of neighbours from left to right, as one pass of a regular expression does; a rewritten pair is not
/// looked at again.
template <typename Matches>
std::string rewrite_pairs(std::string_view text, Matches matches, const char* before, const char* between,
                          const char* after) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i + 1 == text.size() || !matches(text[i], text[i + 1])) {
      result += text[i];
      continue;
    }
    result += before;
    result += text[i];
    result += between;
    result += text[++i];
    result += after;
  }
  return result;
}

void replace_each(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

std::string without_space_at_end(std::string_view text) {
  const auto words = split_words(text);
  if (words.empty()) return {};
  return std::string(text.substr(0, static_cast<std::size_t>(words.back().data() - text.data()) + words.back().size()));
}

}  // namespace

std::string lower_cased(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), is_ascii_byte)) {
    std::string lower(text);
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
  }
  // The second pass knows the capitals that are newer than the system's ICU.
  return to_lower(to_lower_in_context(repaired_utf8(text)));
}

std::vector<std::string_view> split_words(std::string_view text) {
  return runs_of(text, [](char32_t c) { return !parts_words(c); });
}

std::vector<std::string_view> word_runs(std::string_view text) { return runs_of(text, belongs_to_run); }

std::vector<std::string> rouge_tokens(std::string_view text, bool stem) {
  std::vector<std::string> tokens;
  const auto inside = [](char32_t c) { return (c >= U'a' && c <= U'z') || (c >= U'0' && c <= U'9'); };
  const std::string lower = lower_cased(text);
  for (const std::string_view run : runs_of(lower, inside)) {
    tokens.push_back(stem && run.size() > 3 ? porter_stem(run) : std::string(run));
  }
  return tokens;
}

std::vector<std::string> tokens_13a(std::string_view text) {
  std::string line = without_space_at_end(repaired_utf8(text));
  constexpr std::array<std::pair<const char*, const char*>, 7> kRewrites{
      {{"<skipped>", ""}, {"-\n", ""}, {"\n", " "}, {"&quot;", "\""}, {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}}};
  for (const auto& [what, with] : kRewrites) replace_each(line, what, with);
  line = marks_apart(" " + line + " ");
  line = rewrite_pairs(line, [](char a, char b) { return !is_digit_13a(a) && is_point_13a(b); }, "", " ", " ");
  line = rewrite_pairs(line, [](char a, char b) { return is_point_13a(a) && !is_digit_13a(b); }, " ", " ", "");
  line = rewrite_pairs(line, [](char a, char b) { return is_digit_13a(a) && b == '-'; }, "", " ", " ");
  const auto words = split_words(line);
  return {words.begin(), words.end()};
}

}  // namespace medvlm::sdk
