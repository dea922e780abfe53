// Unicode as the tokenizers need it.
#include "medvlm/sdk/text/unicode.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <unicode/bytestream.h>
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "medvlm/base/error.hpp"
#include "newer_unicode.hpp"

namespace medvlm::sdk {
namespace {

struct Decoded {
  CodePoint point;  ///< if invalid, `length` is that of the maximal subpart
  bool valid = false;
};

/// Table 3-7 of the Unicode standard: the allowed range of the second byte depends on the first.
Decoded decode(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return {{first, 1}, true};
  if (first < 0xc2 || first > 0xf4) return {{0, 1}, false};
  const std::size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  char32_t value = first & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    if (i == 1 && first == 0xe0) low = 0xa0;
    if (i == 1 && first == 0xed) high = 0x9f;
    if (i == 1 && first == 0xf0) low = 0x90;
    if (i == 1 && first == 0xf4) high = 0x8f;
    if (at + i >= bytes.size() || byte(at + i) < low || byte(at + i) > high) return {{0, i}, false};
    value = value << 6 | (byte(at + i) & 0x3f);
  }
  return {{value, length}, true};
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

using GetForm = const icu::Normalizer2* (*)(UErrorCode&);

std::string to_form(std::string_view text, GetForm get_form) {
  if (is_ascii(text)) return std::string(text);
  if (const auto bad = invalid_utf8_at(text)) {
    throw Error(ErrorCode::data, "the text is not valid UTF-8 (byte " + std::to_string(*bad) + ")");
  }
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* form = get_form(status);
  std::string result;
  icu::StringByteSink<std::string> sink(&result);
  if (U_SUCCESS(status)) {
    form->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, nullptr, status);
  }
  if (U_FAILURE(status)) throw Error(ErrorCode::internal, std::string("ICU: ") + u_errorName(status));
  return result;
}

}  // namespace

std::optional<std::size_t> invalid_utf8_at(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    if (std::uint64_t eight = 0; bytes.size() - at >= sizeof eight) {
      std::memcpy(&eight, bytes.data() + at, sizeof eight);
      if ((eight & 0x8080808080808080) == 0) {  // ASCII
        at += sizeof eight;
        continue;
      }
    }
    const Decoded decoded = decode(bytes, at);
    if (!decoded.valid) return at;
    at += decoded.point.length;
  }
  return std::nullopt;
}

std::string repaired_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size();) {
    const Decoded decoded = decode(bytes, at);
    if (decoded.valid) {
      text += bytes.substr(at, decoded.point.length);
    } else {
      text += "\xef\xbf\xbd";
    }
    at += decoded.point.length;
  }
  return text;
}

CodePoint code_point_at(std::string_view text, std::size_t at) { return decode(text, at).point; }

void append_utf8(std::string& text, char32_t c) {
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | ((c >> shift) & 0x3f)); };
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xc0 | (c >> 6));
    tail(0);
  } else if (c < 0x10000) {
    text += static_cast<char>(0xe0 | (c >> 12));
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xf0 | (c >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

std::string to_nfc(std::string_view text) { return to_form(text, icu::Normalizer2::getNFCInstance); }

std::string to_nfd(std::string_view text) { return to_form(text, icu::Normalizer2::getNFDInstance); }

std::string to_lower(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    if (point.value == 0x130) {
      result += "i\xcc\x87";  // the only code point whose lower case is longer without context
    } else {
      append_utf8(result, newer_lower_case(static_cast<char32_t>(u_tolower(static_cast<UChar32>(point.value)))));
    }
    at += point.length;
  }
  return result;
}

std::string to_lower_in_context(std::string_view text) {
  const auto unicode = icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
  std::string result;
  return icu::UnicodeString(unicode).toLower(icu::Locale::getRoot()).toUTF8String(result);
}

std::string stripped(std::string_view text, bool left, bool right) {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool inside = !left;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    const bool space = is_white_space(point.value);
    if (!inside && space) begin = at + point.length;
    inside = inside || !space;
    at += point.length;
    if (!space || !right) end = at;
  }
  return std::string(text.substr(begin, std::max(begin, end) - begin));
}

std::string to_upper(std::string_view text) {
  const icu::StringPiece piece(text.data(), static_cast<std::int32_t>(text.size()));
  std::string result;
  icu::UnicodeString::fromUTF8(piece).toUpper(icu::Locale::getRoot()).toUTF8String(result);
  return result;
}

std::string to_nfkc(char32_t code_point) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(status);
  std::string result;
  if (U_SUCCESS(status)) {
    nfkc->normalize(icu::UnicodeString(static_cast<UChar32>(code_point)), status).toUTF8String(result);
  }
  if (U_FAILURE(status)) throw Error(ErrorCode::internal, std::string("ICU: ") + u_errorName(status));
  return result;
}

bool is_white_space(char32_t c) {
  return (c >= 0x9 && c <= 0xd) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
         c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

bool is_word_character(char32_t code_point) {
  const auto c = static_cast<UChar32>(code_point);
  constexpr std::uint32_t kClasses = U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK;
  return u_hasBinaryProperty(c, UCHAR_ALPHABETIC) || (U_GET_GC_MASK(c) & kClasses) != 0 ||
         u_hasBinaryProperty(c, UCHAR_JOIN_CONTROL);
}

}  // namespace medvlm::sdk
