// The Porter stemmer.
#pragma once

#include <string>
#include <string_view>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk {

/// The stem of a word of [a-z0-9] letters: Porter (1980) with the extensions of NLTK's PorterStemmer (its default mode,
/// which the ROUGE package uses): irregular forms, "ies" and "ied" of short words, y after a consonant only, "bli",
/// "fulli" and "logi". Other bytes count as consonants. Thread safe.
MEDVLM_API std::string porter_stem(std::string_view word);

}  // namespace medvlm::sdk
