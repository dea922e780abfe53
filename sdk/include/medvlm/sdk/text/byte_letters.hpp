// The printable letters that stand for the 256 bytes in byte-level vocabularies.
#pragma once

#include <string>
#include <string_view>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk {

/// Each byte becomes its letter.
MEDVLM_API std::string bytes_to_letters(std::string_view bytes);

/// The inverse; a token with another character gives its own UTF-8 bytes.
MEDVLM_API std::string letters_to_bytes(std::string_view token);

}  // namespace medvlm::sdk
