// What BERT's tokenizers do to a text before it is cut into words.
#include "bert_text.hpp"

#include <unicode/uchar.h>

#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::sdk {
namespace {

/// True if the code point has one of the general categories and had it in Unicode 8 (it may have none yet).
bool in_old_category(char32_t code_point, std::uint32_t categories) {
  const auto c = static_cast<UChar32>(code_point);
  if ((U_GET_GC_MASK(c) & categories) == 0) return false;
  UVersionInfo age;
  u_charAge(c, age);
  return age[0] < 8 || (age[0] == 8 && age[1] == 0);
}

bool is_removed(char32_t c) {
  if (c == '\t' || c == '\n' || c == '\r') return false;
  return c == 0xfffd || in_old_category(c, U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK);
}

bool is_nonspacing_mark(char32_t c) {
  // Four were given the category, and one lost it, after Unicode 8.
  if (c == 0x1885 || c == 0x1886 || c == 0xa9bd || c == 0x111c9) return false;
  return c == 0x1734 || in_old_category(c, U_GC_MN_MASK);
}

bool is_ideograph(char32_t c) {
  return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x20000 && c <= 0x2a6df) ||
         (c >= 0x2a700 && c <= 0x2b81f) || (c >= 0x2b920 && c <= 0x2ceaf) || (c >= 0xf900 && c <= 0xfaff) ||
         (c >= 0x2f800 && c <= 0x2fa1f);
}

template <class Visit>
std::string rewritten(std::string_view text, const Visit& visit) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    visit(point.value, text.substr(at, point.length), result);
    at += point.length;
  }
  return result;
}

}  // namespace

std::string clean_bert_text(std::string_view text) {
  return rewritten(text, [](char32_t c, std::string_view bytes, std::string& out) {
    if (is_removed(c)) return;
    out += is_white_space(c) ? std::string_view(" ") : bytes;
  });
}

std::string space_bert_ideographs(std::string_view text) {
  return rewritten(text, [](char32_t c, std::string_view bytes, std::string& out) {
    const std::string_view space = is_ideograph(c) ? " " : "";
    out += space;
    out += bytes;
    out += space;
  });
}

std::string strip_bert_accents(std::string_view text) {
  return rewritten(to_nfd(text), [](char32_t c, std::string_view bytes, std::string& out) {
    if (!is_nonspacing_mark(c)) out += bytes;
  });
}

bool is_bert_punctuation(char32_t c) {
  if (c < 0x80) return (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126);
  return c == 0x166d || c == 0x111c9 || in_old_category(c, U_GC_P_MASK);  // two were P in Unicode 8
}

}  // namespace medvlm::sdk
