// HTML character references.
#include "medvlm/sdk/text/html.hpp"

#include <cstdint>
#include <sstream>
#include <unordered_map>

#include "medvlm/sdk/text/unicode.hpp"
#include "single_byte_maps.hpp"

namespace medvlm::sdk {
namespace {

constexpr std::string_view kEntities =
#include "html_entities.inc"
    ;
constexpr std::size_t kLongestName = 32;
constexpr char32_t kReplacement = 0xfffd;
constexpr char32_t kTooLarge = 0x110000;

struct Entity {
  std::string text;
  bool without_semicolon = false;
};
using Entities = std::unordered_map<std::string, Entity>;

Entity parse_entity(std::string_view codes, bool without_semicolon) {
  Entity entity{"", without_semicolon};
  std::istringstream numbers{std::string(codes)};
  numbers >> std::hex;
  for (std::uint32_t number = 0; numbers >> number; numbers.ignore(1, '+')) append_utf8(entity.text, number);
  return entity;
}

const Entities& entities() {
  static const Entities table = [] {
    Entities made;
    std::istringstream words{std::string(kEntities)};
    for (std::string word; words >> word;) {
      const std::size_t equals = word.find('=');
      const bool star = word[equals - 1] == '*';
      made.emplace(word.substr(0, equals - (star ? 1 : 0)), parse_entity(std::string_view(word).substr(equals + 1), star));
    }
    return made;
  }();
  return table;
}

/// What HTML5 makes of a number: bytes of Windows-1252 where it means C1 controls, nothing for other controls.
std::string numbered(char32_t number) {
  std::string text;
  if (number == 0 || (number >= 0xd800 && number <= 0xdfff) || number >= kTooLarge) {
    append_utf8(text, kReplacement);
  } else if (number >= 0x80 && number <= 0x9f) {
    append_utf8(text, windows_1252_character(static_cast<unsigned char>(number)));
  } else if (number == 0x0d) {
    text = "\r";
  } else if (number <= 0x08 || number == 0x0b || (number >= 0x0e && number <= 0x1f) || number == 0x7f ||
             (number >= 0xfdd0 && number <= 0xfdef) || (number & 0xfffe) == 0xfffe) {
    return text;
  } else {
    append_utf8(text, number);
  }
  return text;
}

int digit_value(char c, int base) {
  if (c >= '0' && c <= '9') return c - '0';
  if (base == 16 && c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (base == 16 && c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// A reference found at the start of a text: its length and what stands for it.
struct Found {
  std::size_t length = 0;
  std::string text;
};

/// "&#123;" or "&#x7b;", with or without the semicolon; length 0 if there is none.
Found find_number(std::string_view text) {
  std::size_t at = 2;
  int base = 10;
  if (at < text.size() && (text[at] == 'x' || text[at] == 'X')) {
    base = 16;
    ++at;
  }
  const std::size_t first = at;
  char32_t number = 0;
  for (; at < text.size() && digit_value(text[at], base) >= 0; ++at) {
    number = std::min<char32_t>(number * static_cast<char32_t>(base) + static_cast<char32_t>(digit_value(text[at], base)),
                                kTooLarge);
  }
  if (at == first) return {};
  if (at < text.size() && text[at] == ';') ++at;
  return {at, numbered(number)};
}

/// Up to 32 characters that may belong to a name, and a semicolon; the longest known name at their start counts.
Found find_name(std::string_view text) {
  std::size_t end = 1;
  std::size_t count = 0;
  for (; end < text.size() && count < kLongestName; ++count) {
    if (std::string_view("\t\n\f <&#;").find(text[end]) != std::string_view::npos) break;
    end += code_point_at(text, end).length;
  }
  if (count == 0) return {};
  const std::string_view name = text.substr(1, end - 1);
  const bool closed = end < text.size() && text[end] == ';';
  if (const auto whole = find_html_entity(name, !closed)) return {end + (closed ? 1 : 0), *whole};
  for (std::size_t length = closed ? name.size() : name.size() - 1; length > 1; --length) {
    if (const auto part = find_html_entity(name.substr(0, length), true)) return {1 + length, *part};
  }
  return {end, std::string(text.substr(0, end))};
}

}  // namespace

std::optional<std::string> find_html_entity(std::string_view name, bool without_semicolon) {
  const auto found = entities().find(std::string(name));
  if (found == entities().end() || (without_semicolon && !found->second.without_semicolon)) return std::nullopt;
  return found->second.text;
}

std::string unescape_html(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t ampersand = std::min(text.find('&', at), text.size());
    result += text.substr(at, ampersand - at);
    if (ampersand == text.size()) break;
    const std::string_view rest = text.substr(ampersand);
    const Found found = rest.substr(1).starts_with('#') ? find_number(rest) : find_name(rest);
    if (found.length == 0) result += '&';
    result += found.text;
    at = ampersand + std::max<std::size_t>(found.length, 1);
  }
  return result;
}

}  // namespace medvlm::sdk
