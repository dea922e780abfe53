// The steps of text repair: ftfy 6.3.1, fix_text() with its default settings.
#include "medvlm/sdk/text/fix_text.hpp"

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/html.hpp"
#include "rewrite.hpp"
#include "single_byte_maps.hpp"

namespace medvlm::sdk {
namespace {

constexpr std::size_t kLongestSegment = 1'000'000;  // code points

/// "&eacute;" and, because some software folds names, "&EACUTE;" as "É"; nothing without a semicolon.
std::string replace_reference(std::string_view reference) {
  if (reference[1] == '#') {
    std::string text = unescape_html(reference);
    return text.find(';') == std::string::npos ? text : std::string(reference);
  }
  const std::string_view name = reference.substr(1, reference.size() - 2);
  if (auto text = find_html_entity(name)) return *text;
  const std::string lower = to_lower(name);
  const bool folded = to_upper(lower) == name && unescape_html(reference) == reference;
  if (const auto text = folded ? find_html_entity(lower) : std::nullopt) return to_upper(*text);
  return std::string(reference);
}

std::string replace_references(std::string_view text) {
  static const Regex reference("&#?[0-9A-Za-z]{1,24};");
  return rewrite_matches(text, reference, replace_reference);
}

std::string_view split_ligature(char32_t c) {
  static constexpr std::pair<char32_t, std::string_view> kLigatures[] = {
      {U'Ĳ', "IJ"}, {U'ĳ', "ij"}, {U'ŉ', "ʼn"}, {U'Ǳ', "DZ"}, {U'ǲ', "Dz"}, {U'ǳ', "dz"}, {U'Ǆ', "DŽ"},  {U'ǅ', "Dž"},
      {U'ǆ', "dž"}, {U'Ǉ', "LJ"}, {U'ǈ', "Lj"}, {U'ǉ', "lj"}, {U'Ǌ', "NJ"}, {U'ǋ', "Nj"}, {U'ǌ', "nj"},  {U'ﬀ', "ff"},
      {U'ﬁ', "fi"}, {U'ﬂ', "fl"}, {U'ﬃ', "ffi"}, {U'ﬄ', "ffl"}, {U'ﬅ', "ſt"}, {U'ﬆ', "st"}};
  for (const auto& [ligature, letters] : kLigatures) {
    if (ligature == c) return letters;
  }
  return {};
}

/// Full-width and half-width forms as normal ones, the ideographic space as a space.
void append_normal_width(std::string& out, char32_t c) {
  if (c == 0x3000) {
    out += ' ';
  } else if (c >= 0xff01 && c <= 0xffef) {
    out += to_nfkc(c);
  } else {
    append_utf8(out, c);
  }
}

char32_t straight_quote(char32_t c) {
  if (c >= 0x201c && c <= 0x201f) return '"';
  return c == 0x2bc || (c >= 0x2018 && c <= 0x201b) ? '\'' : c;
}

/// Code points that repair takes apart or replaces one by one.
std::string replace_characters(std::string_view text) {
  const auto each = [](std::string_view source, const auto& append) { return rewrite_code_points(source, append); };
  std::string fixed = each(text, [](std::string& out, char32_t c) {
    append_utf8(out, c >= 0x80 && c <= 0x9f ? windows_1252_character(static_cast<unsigned char>(c)) : c);
  });
  fixed = each(fixed, [](std::string& out, char32_t c) {
    const std::string_view letters = split_ligature(c);
    if (letters.empty()) append_utf8(out, c);
    out += letters;
  });
  fixed = each(fixed, append_normal_width);
  return each(fixed, [](std::string& out, char32_t c) { append_utf8(out, straight_quote(c)); });
}

std::string fix_line_ends(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    at += point.length;
    if (point.value == '\r' && at < text.size() && text[at] == '\n') continue;
    const bool ends = point.value == '\r' || point.value == 0x2028 || point.value == 0x2029 || point.value == 0x85;
    append_utf8(result, ends ? '\n' : point.value);
  }
  return result;
}

bool is_unwanted_control(char32_t c) {
  return c <= 0x8 || c == 0xb || (c >= 0xe && c <= 0x1f) || c == 0x7f || (c >= 0x206a && c <= 0x206f) || c == 0xfeff ||
         (c >= 0xfff9 && c <= 0xfffc);
}

std::string remove_controls(std::string_view text) {
  static const Regex terminal_escape(R"(\x{1b}\[(?:\d|;)*[a-zA-Z])");
  return rewrite_code_points(terminal_escape.replace_all(text, ""), [](std::string& out, char32_t c) {
    if (!is_unwanted_control(c)) append_utf8(out, c);
  });
}

std::string fix_segment(std::string_view segment, bool unescape) {
  std::string text(segment);
  for (;;) {
    std::string fixed = fix_encoding(unescape ? replace_references(text) : text);
    fixed = to_nfc(remove_controls(fix_line_ends(replace_characters(fixed))));
    if (fixed == text) return fixed;
    text = std::move(fixed);
  }
}

/// The end of the line that begins at `begin`, or of its first kLongestSegment code points.
std::size_t segment_end(std::string_view text, std::size_t begin) {
  const std::size_t line_end = std::min(text.find('\n', begin), text.size() - 1) + 1;
  std::size_t end = begin;
  for (std::size_t count = 0; end < line_end && count < kLongestSegment; ++count) end += code_point_at(text, end).length;
  return end;
}

}  // namespace

std::string fix_text(std::string_view text) {
  if (const auto bad = invalid_utf8_at(text)) {
    throw Error(ErrorCode::data, "the text is not valid UTF-8 (byte " + std::to_string(*bad) + ")");
  }
  std::string result;
  bool unescape = true;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = segment_end(text, at);
    const std::string_view segment = text.substr(at, end - at);
    unescape = unescape && segment.find('<') == std::string_view::npos;  // real HTML keeps its references
    result += fix_segment(segment, unescape);
    at = end;
  }
  return result;
}

}  // namespace medvlm::sdk
