// Answers made comparable: the word normaliser of VQA evaluation, a plain one, and what a yes/no answer says.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk {

/// The words of an answer as the original benchmark normalises it (VQA evaluation convention, its quirks kept).
/// Lower case; the marks ; / [ ] " { } ( ) = + \ _ - > < @ ` , ? ! become a space, or nothing where the text has the
/// mark next to a space or a comma between digits anywhere; the first 32 full stops without a digit behind them go;
/// number words to ten become digits; a, an, the go; contractions get their apostrophe. Ill-formed UTF-8 becomes U+FFFD
/// first. Thread safe.
MEDVLM_API std::vector<std::string> answer_words(std::string_view text);

/// The same words with a space between. Two answers have equal words exactly if these are equal.
MEDVLM_API std::string normalised_answer(std::string_view text);

/// The plain convention (SQuAD): lower case without ASCII punctuation, whole words a, an, the and surplus white space.
MEDVLM_API std::string plain_answer(std::string_view text);

/// What an answer says: its first whole word "yes" or "no" in any case. Neither "normal" nor "know" holds a "no".
MEDVLM_API std::optional<bool> parse_yes_no(std::string_view text);

/// True if `part` occurs in `words` in one piece; an empty part occurs nowhere.
MEDVLM_API bool contains_words(std::span<const std::string> words, std::span<const std::string> part);

/// Whether the answer to a closed question is right; `reference` are the answer_words() of the reference. Yes and no are
/// compared with what the answer says, any other reference must occur in its words in one piece.
MEDVLM_API bool is_right_closed(std::string_view answer, std::span<const std::string> reference);

}  // namespace medvlm::sdk
