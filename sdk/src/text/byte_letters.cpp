// The printable letters that stand for the 256 bytes in byte-level vocabularies.
#include "medvlm/sdk/text/byte_letters.hpp"

#include <array>

#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::sdk {
namespace {

constexpr char32_t kFirstSubstitute = 0x100;
constexpr std::size_t kSubstitutes = 68;

constexpr bool stands_for_itself(unsigned byte) {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

struct Tables {
  std::array<char32_t, 256> letter{};
  std::array<unsigned char, kFirstSubstitute + kSubstitutes> byte{};
};

constexpr Tables make_tables() {
  Tables tables;
  char32_t substitute = kFirstSubstitute;
  for (unsigned byte = 0; byte < 256; ++byte) {
    tables.letter[byte] = stands_for_itself(byte) ? byte : substitute++;
    tables.byte[tables.letter[byte]] = static_cast<unsigned char>(byte);
  }
  return tables;
}

constexpr Tables kTables = make_tables();

bool is_letter(char32_t c) {
  return c < kTables.byte.size() && (c >= kFirstSubstitute || stands_for_itself(static_cast<unsigned>(c)));
}

}  // namespace

std::string bytes_to_letters(std::string_view bytes) {
  std::string letters;
  for (const char byte : bytes) append_utf8(letters, kTables.letter[static_cast<unsigned char>(byte)]);
  return letters;
}

std::string letters_to_bytes(std::string_view token) {
  std::string bytes;
  for (std::size_t at = 0; at < token.size();) {
    const CodePoint point = code_point_at(token, at);
    if (!is_letter(point.value)) return std::string(token);
    bytes += static_cast<char>(kTables.byte[point.value]);
    at += point.length;
  }
  return bytes;
}

}  // namespace medvlm::sdk
