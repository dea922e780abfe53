// Base64.
#include "base64.hpp"

#include <cstdint>

#include "json_part.hpp"

namespace medvlm::sdk {

std::string from_base64(std::string_view text, const std::string& place) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0) fail_part(place, "expected base64, but its length is no multiple of 4");
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const bool last = at + 4 == text.size();
    const std::size_t padding = !last || text[at + 3] != '=' ? 0 : text[at + 2] != '=' ? 1 : 2;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const std::size_t digit = i < 4 - padding ? kDigits.find(text[at + i]) : 0;
      if (digit == kDigits.npos) fail_part(place, "expected base64, but character " + std::to_string(at + i) + " is none");
      value = value << 6 | static_cast<std::uint32_t>(digit);
    }
    for (std::size_t i = 0; i < 3 - padding; ++i) bytes += static_cast<char>(value >> (16 - 8 * i) & 0xff);
  }
  return bytes;
}

}  // namespace medvlm::sdk
