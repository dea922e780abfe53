// UTF-8 that was decoded in another encoding, decoded again: ftfy 6.3.1, fix_encoding() and its transcoding steps.
#include <algorithm>
#include <optional>

#include "medvlm/sdk/text/fix_text.hpp"
#include "mojibake.hpp"
#include "rewrite.hpp"
#include "single_byte_maps.hpp"

namespace medvlm::sdk {
namespace {

// Bytes are held as text, each byte as the code point of its value, so that regular expressions can look at them.

std::string raw_bytes(std::string_view byte_text) {
  std::string bytes;
  for (std::size_t at = 0; at < byte_text.size();) {
    const CodePoint point = code_point_at(byte_text, at);
    bytes += static_cast<char>(point.value);
    at += point.length;
  }
  return bytes;
}

std::optional<std::string> encode(std::string_view text, const SingleByteMap& map) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    const auto byte = find_byte(map, point.value);
    if (!byte) return std::nullopt;
    append_utf8(bytes, *byte);
    at += point.length;
  }
  return bytes;
}

/// A no-break space (A0) within UTF-8 was turned into a space: puts it back where that makes likely characters. "à" as a
/// word of its own keeps its space, but for Portuguese contractions like "àquele".
std::string restore_no_break_spaces(const std::string& bytes) {
  static const Regex altered(R"([\x{c2}\x{c3}\x{c5}\x{ce}\x{d0}\x{d9}][ ])"
                             R"(|[\x{e2}\x{e3}][ ][\x{80}-\x{84}\x{86}-\x{9f}\x{a1}-\x{bf}])"
                             R"(|[\x{e0}-\x{e3}][\x{80}-\x{84}\x{86}-\x{9f}\x{a1}-\x{bf}][ ])"
                             R"(|\x{f0}[ ][\x{80}-\x{bf}][\x{80}-\x{bf}])"
                             R"(|\x{f0}[\x{80}-\x{bf}][ ][\x{80}-\x{bf}])"
                             R"(|\x{f0}[\x{80}-\x{bf}][\x{80}-\x{bf}][ ])");
  static const Regex a_grave(R"(\x{c3} (?! |quele|quela|quilo|s ))");
  if (altered.matches(bytes).empty()) return bytes;
  const std::string words = a_grave.replace_all(bytes, "\u00c3\u00a0 ");
  return rewrite_matches(words, altered, [](std::string_view match) {
    return rewrite_code_points(match, [](std::string& out, char32_t c) { append_utf8(out, c == ' ' ? 0xa0 : c); });
  });
}

/// UTF-8 sequences of which some bytes were lost (1A, or one question mark) become U+FFFD.
std::string replace_lossy_sequences(const std::string& bytes) {
  static const Regex lossy(R"([\x{c2}-\x{df}]\x{1a}|[\x{c2}-\x{c3}][?])"
                           R"(|\x{ed}[\x{a0}-\x{af}][\x{1a}?]\x{ed}[\x{b0}-\x{bf}][\x{1a}?\x{80}-\x{bf}])"
                           R"(|\x{ed}[\x{a0}-\x{af}][\x{1a}?\x{80}-\x{bf}]\x{ed}[\x{b0}-\x{bf}][\x{1a}?])"
                           R"(|[\x{e0}-\x{ef}][\x{1a}?][\x{1a}\x{80}-\x{bf}])"
                           R"(|[\x{e0}-\x{ef}][\x{1a}\x{80}-\x{bf}][\x{1a}?])"
                           R"(|[\x{f0}-\x{f4}][\x{1a}?][\x{1a}\x{80}-\x{bf}][\x{1a}\x{80}-\x{bf}])"
                           R"(|[\x{f0}-\x{f4}][\x{1a}\x{80}-\x{bf}][\x{1a}?][\x{1a}\x{80}-\x{bf}])"
                           R"(|[\x{f0}-\x{f4}][\x{1a}\x{80}-\x{bf}][\x{1a}\x{80}-\x{bf}][\x{1a}?])"
                           R"(|\x{1a})");
  return lossy.replace_all(bytes, "\u00ef\u00bf\u00bd");
}

/// UTF-8, or its variants: C0 80 for U+0000, and two surrogates of three bytes each for one character (CESU-8).
std::optional<std::string> decode_utf8(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const auto within = [&](std::size_t i, unsigned low, unsigned high) { return byte(i) >= low && byte(i) <= high; };
  std::string text;
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (bytes.substr(at).starts_with("\xc0\x80")) {
      text += '\0';
      at += 2;
    } else if (at + 6 <= bytes.size() && byte(at) == 0xed && within(at + 1, 0xa0, 0xaf) && within(at + 2, 0x80, 0xbf) &&
               byte(at + 3) == 0xed && within(at + 4, 0xb0, 0xbf) && within(at + 5, 0x80, 0xbf)) {
      append_utf8(text, 0x10000u + ((byte(at + 1) & 0xfu) << 16) + ((byte(at + 2) & 0x3fu) << 10) +
                            ((byte(at + 4) & 0xfu) << 6) + (byte(at + 5) & 0x3fu));
      at += 6;
    } else {
      const std::size_t length = byte(at) < 0x80 ? 1 : byte(at) < 0xe0 ? 2 : byte(at) < 0xf0 ? 3 : 4;
      const std::string_view character = bytes.substr(at, length);
      if (invalid_utf8_at(character)) return std::nullopt;
      text += character;
      at += length;
    }
  }
  return text;
}

/// The text encoded in `map` and read as UTF-8, if that is possible.
std::optional<std::string> reread(std::string_view text, const SingleByteMap& map) {
  auto bytes = encode(text, map);
  if (!bytes) return std::nullopt;
  // In MacRoman this would catch a dash and a space.
  if (map.name != "mac-roman") *bytes = restore_no_break_spaces(*bytes);
  if (map.lossy) *bytes = replace_lossy_sequences(*bytes);
  return decode_utf8(raw_bytes(*bytes));
}

/// Stretches of damaged UTF-8 within text that is otherwise sound.
std::string reread_stretches(std::string_view text) {
  return rewrite_matches(text, utf8_read_as_single_bytes(), [&](std::string_view stretch) {
    // A stretch that is the whole text would come back here without end.
    return stretch.size() < text.size() && looks_wrongly_decoded(stretch) ? fix_encoding(stretch) : std::string(stretch);
  });
}

bool is_c1(char32_t c) { return c >= 0x80 && c <= 0x9f; }

/// The text as Latin-1 that should have been Windows-1252; nothing if a character has no place in either.
std::optional<std::string> latin_1_to_windows_1252(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    const char32_t c = is_c1(point.value) ? windows_1252_character(static_cast<unsigned char>(point.value)) : point.value;
    if (point.value > 0xff || is_c1(c)) return std::nullopt;
    append_utf8(result, c);
    at += point.length;
  }
  return result;
}

std::string fix_encoding_once(std::string_view text) {
  const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii || !looks_wrongly_decoded(text)) return std::string(text);
  for (const SingleByteMap& map : single_byte_maps()) {
    if (auto fixed = reread(text, map)) return *fixed;
  }
  if (std::string fixed = reread_stretches(text); fixed != text) return fixed;
  if (auto fixed = latin_1_to_windows_1252(text); fixed && *fixed != text) return *fixed;
  return rewrite_code_points(text, [](std::string& out, char32_t c) {
    append_utf8(out, is_c1(c) ? windows_1252_character(static_cast<unsigned char>(c)) : c);
  });
}

}  // namespace

std::string fix_encoding(std::string_view text) {
  std::string current(text);
  for (;;) {
    std::string fixed = fix_encoding_once(current);
    if (fixed == current) return fixed;
    current = std::move(fixed);
  }
}

}  // namespace medvlm::sdk
