#include "medvlm/sdk/vqa/question_rows.hpp"

#include "medvlm/sdk/table/fields.hpp"

namespace medvlm::sdk {

bool is_yes_or_no(std::string_view answer) {
  const std::string word = lower_case(trimmed(answer));
  return word == "yes" || word == "no";
}

QuestionRows::QuestionRows(const Table& table, const QuestionColumns& columns)
    : table_(table), blank_(columns.blank), question_(table.column(columns.question)),
      answer_(table.column(columns.answer)) {
  if (columns.open == OpenRule::annotation) {
    try {
      answer_type_ = table.column(columns.answer_type);
    } catch (const Error& error) {
      throw Error(error.code(), error.message() + "; option 'open_rule' has a rule that needs no such column");
    }
  }
  for (const auto& [group, column] : columns.groups) {
    if (const auto index = table.find_column(column)) groups_.emplace_back(group, *index);
  }
}

std::optional<Sample> QuestionRows::read(std::size_t row, Split split, std::size_t index,
                                         const std::string& image) const {
  Sample sample;
  sample.question = trimmed(table_.cell(row, question_));
  sample.answer = trimmed(table_.cell(row, answer_));
  if (sample.question.empty() || sample.answer.empty()) {
    if (blank_ == BlankRule::drop) return std::nullopt;
    throw table_.error(row, "column '" + table_.columns()[sample.question.empty() ? question_ : answer_] +
                                "' is blank; complete the row, or leave such rows out with option blanks = \"drop\"");
  }
  if (image.empty()) throw table_.error(row, "the row names no image; complete or remove it");
  sample.id = std::string(to_string(split)) + "/" + std::to_string(index);
  sample.row = static_cast<std::int64_t>(index);
  sample.image = image;
  sample.open = is_open(row, sample.answer);
  sample.groups.emplace_back(kImageGroup, image);
  for (const auto& [group, column] : groups_) {
    const std::string_view value = trimmed(table_.cell(row, column));
    if (!value.empty()) sample.groups.emplace_back(group, value);
  }
  return sample;
}

bool QuestionRows::is_open(std::size_t row, std::string_view answer) const {
  if (!answer_type_) return !is_yes_or_no(answer);
  const std::string type = lower_case(trimmed(table_.cell(row, *answer_type_)));
  if (type == "open" || type == "closed") return type == "open";
  throw table_.error(row, "'" + type + "' in column '" + table_.columns()[*answer_type_] +
                              "' is no kind of question; known: OPEN, CLOSED");
}

}  // namespace medvlm::sdk
