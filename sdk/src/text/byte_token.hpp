// Tokens that stand for one byte: <0x0A>.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace medvlm::sdk {

inline std::string byte_token(unsigned char byte) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  return std::string("<0x") + kDigits[byte >> 4] + kDigits[byte & 15] + ">";
}

/// The byte of such a token; nothing for other tokens. Digits may be of either case.
std::optional<char> byte_of_token(std::string_view token);

}  // namespace medvlm::sdk
