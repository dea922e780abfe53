// What BERT's tokenizers do to a text before it is cut into words.
#pragma once

#include <string>
#include <string_view>

namespace medvlm::sdk {

// The classes below are those of the library the tokenizers were made with, which knows Unicode 8: a later control
// character, mark or sign of punctuation is to it none. Texts must be well-formed UTF-8.

/// Control, format and private characters, U+0000 and U+FFFD go; every other white space becomes a space.
std::string clean_bert_text(std::string_view text);

/// A space on either side of every CJK ideograph, so that each is a word.
std::string space_bert_ideographs(std::string_view text);

/// Decomposes and drops the marks.
std::string strip_bert_accents(std::string_view text);

/// ASCII signs that are neither letter nor digit, and the category P.
bool is_bert_punctuation(char32_t code_point);

}  // namespace medvlm::sdk
