// Texts as open_clip cleans them before they are cut into tokens.
#pragma once

#include <string>
#include <string_view>

#include "open_clip_config.hpp"

namespace medvlm::open_clip {

/// Repairs the text (sdk::fix_text), replaces HTML references twice, then
/// - whitespace: makes every run of white space one space and drops it at the ends;
/// - lower: the same, and lower case;
/// - canonicalize: "_" becomes a space, ASCII punctuation goes, lower case, then white space as above.
/// Throws Error(data) if the text is not UTF-8.
std::string clean_text(std::string_view text, TokenizerConfig::Clean clean);

}  // namespace medvlm::open_clip
