// How texts are cut into words before they are compared. Each convention is that of a published scorer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk {

/// Lower case as Python's str.lower(): the full mapping, a final sigma included. Ill-formed UTF-8 becomes U+FFFD first.
MEDVLM_API std::string lower_cased(std::string_view text);

/// The parts between white space as Python's str.split() sees it: White_Space and U+001C to U+001F. Well-formed UTF-8.
MEDVLM_API std::vector<std::string_view> split_words(std::string_view text);

/// The longest runs of letters, digits and underscores (`\w` of Python's regular expressions: marks do not belong).
/// Well-formed UTF-8. The views refer to `text`.
MEDVLM_API std::vector<std::string_view> word_runs(std::string_view text);

/// Tokens of the ROUGE package (rouge-score 0.1.2): runs of [a-z0-9] after lower-casing; with `stem`, those of more
/// than three letters are stemmed (Porter). Any bytes.
MEDVLM_API std::vector<std::string> rouge_tokens(std::string_view text, bool stem = false);

/// Tokens of mteval-v13a as sacrebleu 2.6 cuts them: case kept, punctuation apart, full stops and commas inside of
/// numbers kept. Any bytes; ill-formed UTF-8 becomes U+FFFD.
MEDVLM_API std::vector<std::string> tokens_13a(std::string_view text);

}  // namespace medvlm::sdk
