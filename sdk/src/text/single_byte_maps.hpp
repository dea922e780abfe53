// The encodings of one byte a character that text repair tries.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace medvlm::sdk {

/// One encoding. Bytes below 0x80 are ASCII.
struct SingleByteMap {
  std::string_view name;
  std::array<char16_t, 128> upper;  ///< the characters of 0x80 to 0xFF
  bool lossy = false;               ///< byte 0x1A stands for U+FFFD, a character lost in decoding
};

/// Latin-1 and the others in the order in which repair tries them.
std::span<const SingleByteMap> single_byte_maps();

/// The byte of a character, if the encoding has it.
std::optional<unsigned char> find_byte(const SingleByteMap& map, char32_t character);

/// The character of a byte from 0x80 to 0xFF in Windows-1252; bytes without one stand for their own number.
char32_t windows_1252_character(unsigned char byte);

}  // namespace medvlm::sdk
