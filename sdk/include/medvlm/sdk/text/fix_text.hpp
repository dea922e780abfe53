// Repair of damaged text, as contrastive models trained through open_clip and OpenAI's CLIP saw their captions.
#pragma once

#include <string>
#include <string_view>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk {

/// The text as ftfy.fix_text() (version 6.3.1, default settings) makes it, line by line until nothing changes any more:
/// HTML references are replaced (until a line has a <), UTF-8 that was read as another encoding is read again ("dÃ©jÃ "
/// becomes "déjà"), C1 controls become Windows-1252, Latin ligatures two letters, full-width letters normal ones, curly
/// quotes straight ones, line ends \n; terminal escapes and control characters go; normal form C.
/// The rules and character classes are those of ftfy by Robyn Speer (Apache-2.0). Characters are classified by ICU's
/// version of Unicode, which may be newer or older than a given Python's. Throws Error(data) if `text` is not well-formed
/// UTF-8. Thread safe.
MEDVLM_API std::string fix_text(std::string_view text);

/// Only the step that finds and repairs wrongly decoded text: ftfy.fix_encoding().
MEDVLM_API std::string fix_encoding(std::string_view text);

}  // namespace medvlm::sdk
