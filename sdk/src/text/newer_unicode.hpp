// What Unicode 15 to 17 added and the system's PCRE2 (14) and ICU (15) lack; the tokenizers' own library has it.
#pragma once

#include <string_view>

namespace medvlm::sdk {

/// Letters (general category L) of Unicode 15 and 16, as the content of a regular expression's class.
inline constexpr std::string_view kNewerLetters =
    R"(\x{1C89}-\x{1C8A}\x{A7CB}-\x{A7CD}\x{A7DA}-\x{A7DC}\x{105C0}-\x{105F3}\x{10D4A}-\x{10D65})"
    R"(\x{10D6F}-\x{10D85})"
    R"(\x{10EC2}-\x{10EC4}\x{1123F}-\x{11240}\x{11380}-\x{11389}\x{1138B}\x{1138E}\x{11390}-\x{113B5}\x{113B7})"
    R"(\x{113D1})"
    R"(\x{113D3}\x{11BC0}-\x{11BE0}\x{11F02}\x{11F04}-\x{11F10}\x{11F12}-\x{11F33}\x{1342F}\x{13441}-\x{13446})"
    R"(\x{13460}-\x{143FA}\x{16100}-\x{1611D}\x{16D40}-\x{16D6C}\x{18CFF}\x{1B132}\x{1B155}\x{1DF25}-\x{1DF2A})"
    R"(\x{1E030}-\x{1E06D}\x{1E4D0}-\x{1E4EB}\x{1E5D0}-\x{1E5ED}\x{1E5F0}\x{2B739}\x{2EBF0}-\x{2EE5D})"
    R"(\x{31350}-\x{323AF})";

/// Numbers (general category N) of Unicode 15 and 16.
inline constexpr std::string_view kNewerNumbers =
    R"(\x{10D40}-\x{10D49}\x{116D0}-\x{116E3}\x{11BF0}-\x{11BF9}\x{11F50}-\x{11F59}\x{16130}-\x{16139})"
    R"(\x{16D70}-\x{16D79})"
    R"(\x{1CCF0}-\x{1CCF9}\x{1D2C0}-\x{1D2D3}\x{1E4F0}-\x{1E4F9}\x{1E5F1}-\x{1E5FA})";

/// The lower case of the capital letters of Unicode 16 and 17; other code points as they are.
constexpr char32_t newer_lower_case(char32_t c) {
  if (c >= 0x10d50 && c <= 0x10d65) return c + 0x20;  // Garay
  if (c >= 0x16ea0 && c <= 0x16eb8) return c + 0x1b;  // Beria Erfe
  switch (c) {
    case 0xa7cb: return 0x264;
    case 0xa7dc: return 0x19b;
    case 0x1c89:
    case 0xa7cc:
    case 0xa7ce:
    case 0xa7d2:
    case 0xa7d4:
    case 0xa7da: return c + 1;
    default: return c;
  }
}

}  // namespace medvlm::sdk
