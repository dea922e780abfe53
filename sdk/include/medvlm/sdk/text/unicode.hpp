// Unicode as the tokenizers need it: UTF-8 checks, normal form C, lower-casing, white space.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk {

/// The first byte that is no part of well-formed UTF-8, if any.
MEDVLM_API std::optional<std::size_t> invalid_utf8_at(std::string_view bytes);

/// Every ill-formed part (maximal subpart, as in the Unicode standard) becomes one U+FFFD.
MEDVLM_API std::string repaired_utf8(std::string_view bytes);

/// One code point of well-formed UTF-8 and its number of bytes. `at` must be within the text, at a first byte.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 1;
};
MEDVLM_API CodePoint code_point_at(std::string_view text, std::size_t at);

MEDVLM_API void append_utf8(std::string& text, char32_t code_point);

/// Normal form C. `text` must be well-formed; throws Error(data) otherwise.
MEDVLM_API std::string to_nfc(std::string_view text);

/// Normal form D; as to_nfc().
MEDVLM_API std::string to_nfd(std::string_view text);

/// Full lower-casing of each code point for itself: U+0130 becomes two, a final sigma is not special.
MEDVLM_API std::string to_lower(std::string_view text);

/// The same for a text as a whole: a capital sigma at the end of a word becomes a final sigma. Python's str.lower().
MEDVLM_API std::string to_lower_in_context(std::string_view text);

/// Without White_Space at the ends asked for.
MEDVLM_API std::string stripped(std::string_view text, bool left = true, bool right = true);

/// Full upper-casing, as Python's str.upper(): "ß" becomes "SS".
MEDVLM_API std::string to_upper(std::string_view text);

/// Normal form KC of one code point.
MEDVLM_API std::string to_nfkc(char32_t code_point);

/// The property White_Space.
MEDVLM_API bool is_white_space(char32_t code_point);

/// A letter, mark, decimal digit, connector or joiner: `\w` of Unicode regular expressions.
MEDVLM_API bool is_word_character(char32_t code_point);

}  // namespace medvlm::sdk
