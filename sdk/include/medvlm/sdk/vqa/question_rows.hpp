// From rows of a table to VQA samples: question, answer, open or closed, groups.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medvlm/base/api.hpp"
#include "medvlm/core/data.hpp"
#include "medvlm/sdk/table/table.hpp"

namespace medvlm::sdk {

/// The group whose members are questions on the same picture; such datasets name it as their cluster group.
inline constexpr const char* kImageGroup = "image";

/// True for "yes" and "no" in any case, with white space around them or not.
MEDVLM_API bool is_yes_or_no(std::string_view answer);

/// How open questions are told from closed ones.
enum class OpenRule {
  answer,      ///< closed if the answer is yes or no
  annotation,  ///< as a column says: open or closed, in any case
};

/// What to do with a row whose question or answer is blank.
enum class BlankRule { refuse, drop };

/// Which columns hold what, and the rules.
struct QuestionColumns {
  std::string question = "question";
  std::string answer = "answer";
  std::string answer_type = "answer_type";  ///< for OpenRule::annotation alone
  /// Group and column; a column that the table lacks, or that is blank in a row, gives no group.
  std::vector<std::pair<std::string, std::string>> groups;
  OpenRule open = OpenRule::answer;
  BlankRule blank = BlankRule::refuse;
};

/// Reads the questions of one table, to which it refers.
class MEDVLM_API QuestionRows {
 public:
  /// Throws Error(data) that lists the columns present if one is missing.
  QuestionRows(const Table& table, const QuestionColumns& columns);

  /// Question, answer, openness and groups of a row, the group `image` first; or nothing for a row that is left out as
  /// blank. The id is "<split>/<row>", because no release numbers its questions without gaps or repeats. Question and
  /// answer lose white space at their ends. `image` is the picture's locator, equal for questions on the same one;
  /// `index` numbers the row within the split. Throws Error(data) with file:line for a blank text, kind or locator.
  std::optional<Sample> read(std::size_t row, Split split, std::size_t index, const std::string& image) const;

 private:
  bool is_open(std::size_t row, std::string_view answer) const;

  const Table& table_;
  BlankRule blank_;
  std::size_t question_, answer_;
  std::optional<std::size_t> answer_type_;
  std::vector<std::pair<std::string, std::size_t>> groups_;
};

}  // namespace medvlm::sdk
