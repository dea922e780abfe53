// Recognising text that was decoded in a wrong encoding.
#pragma once

#include <string_view>

#include "medvlm/sdk/text/regex.hpp"

namespace medvlm::sdk {

/// True if neighbouring characters look like a wrongly decoded text: ftfy.badness.is_bad().
bool looks_wrongly_decoded(std::string_view text);

/// Matches stretches that look like UTF-8 read as a single-byte encoding; spaces may stand for no-break spaces.
const Regex& utf8_read_as_single_bytes();

}  // namespace medvlm::sdk
