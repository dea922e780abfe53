// open_clip.tokenizer: basic_clean, whitespace_clean, canonicalize_text.
#include "text_cleaning.hpp"

#include "medvlm/sdk/text/fix_text.hpp"
#include "medvlm/sdk/text/html.hpp"
#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::open_clip {
namespace {

/// Python's str.isspace: also four separators that Unicode does not call white space.
bool is_space(char32_t c) { return sdk::is_white_space(c) || (c >= 0x1c && c <= 0x1f); }

std::string collapse_space(std::string_view text) {
  std::string result;
  bool pending = false;
  for (std::size_t at = 0; at < text.size();) {
    const sdk::CodePoint point = sdk::code_point_at(text, at);
    if (is_space(point.value)) {
      pending = !result.empty();
    } else {
      if (pending) result += ' ';
      pending = false;
      result += text.substr(at, point.length);
    }
    at += point.length;
  }
  return result;
}

std::string drop_punctuation(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '_') {
      result += ' ';
    } else if (std::string_view("!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~").find(c) == std::string_view::npos) {
      result += c;
    }
  }
  return result;
}

}  // namespace

std::string clean_text(std::string_view text, TokenizerConfig::Clean clean) {
  using Clean = TokenizerConfig::Clean;
  std::string result = sdk::unescape_html(sdk::unescape_html(sdk::fix_text(text)));
  if (clean == Clean::canonicalize) result = sdk::to_lower_in_context(drop_punctuation(result));
  result = collapse_space(result);
  return clean == Clean::lower ? sdk::to_lower_in_context(result) : result;
}

}  // namespace medvlm::open_clip
