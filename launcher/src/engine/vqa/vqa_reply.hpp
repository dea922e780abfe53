// The reply about one note: four labelled lines.
#pragma once

#include <string>

#include "vqa_recipe.hpp"

namespace medvlm::launcher {

/// One open and one closed question with their answers; the closed answer is "Yes" or "No".
struct QuestionPair {
  std::string open_question, open_answer, closed_question, closed_answer;
};

/// Reads a reply into `pair`. Returns what is wrong with it, or "". Strict: exactly the four lines in their order,
/// blank lines apart, none empty, the last one yes or no.
std::string read_question_pair(const ReplyLayout& layout, const std::string& reply, QuestionPair& pair);

}  // namespace medvlm::launcher
