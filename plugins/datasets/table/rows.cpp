#include "rows.hpp"

#include <algorithm>

#include "labels.hpp"
#include "medvlm/sdk/table/fields.hpp"
#include "medvlm/sdk/vqa/question_rows.hpp"

namespace medvlm::table_dataset {

RowReader::RowReader(const sdk::Table& table, const ColumnNames& names, const std::vector<ClassInfo>& classes)
    : table_(table), names_(names), classes_(classes), image_(table.column(names.image)) {
  if (names.id) id_ = table.column(*names.id);
  if (names.label) label_ = table.column(*names.label);
  for (const std::string& name : names.labels) labels_.push_back(table.column(name));
  for (const std::string& name : names.groups) groups_.push_back(table.column(name));
  if (!label_ && labels_.empty()) {
    question_ = table.column(names.question);
    answer_ = table.column(names.answer);
    if (names.answer_type) answer_type_ = table.column(*names.answer_type);
  }
}

std::string_view RowReader::needed(std::size_t row, std::size_t column) const {
  const std::string_view cell = table_.cell(row, column);
  if (sdk::trimmed(cell).empty()) throw table_.error(row, "column '" + table_.columns()[column] + "' is empty");
  return cell;
}

std::string RowReader::id(std::size_t row, const std::string& prefix) const {
  if (id_) return std::string(sdk::trimmed(needed(row, *id_)));
  return prefix + std::string(sdk::trimmed(needed(row, image_))) + "#" + std::to_string(row);
}

Sample RowReader::read(std::size_t row, const std::string& prefix) const {
  Sample sample;
  sample.image = sdk::trimmed(needed(row, image_));
  sample.row = static_cast<std::int64_t>(row);
  sample.id = id(row, prefix);
  if (label_) sample.label = read_label(table_, row, *label_, classes_);
  for (const std::size_t column : labels_) sample.labels.push_back(read_finding(table_, row, column));
  if (question_) read_question(row, sample);
  read_groups(row, sample);
  return sample;
}

void RowReader::read_question(std::size_t row, Sample& sample) const {
  sample.question = needed(row, *question_);
  sample.answer = needed(row, *answer_);
  // Questions about the same picture are not independent, so the picture is a group of its own.
  if (std::find(names_.groups.begin(), names_.groups.end(), sdk::kImageGroup) == names_.groups.end()) {
    sample.groups.emplace_back(sdk::kImageGroup, sample.image);
  }
  if (!answer_type_) {
    sample.open = !sdk::is_yes_or_no(sample.answer);
    return;
  }
  const std::string type = sdk::lower_case(sdk::trimmed(table_.cell(row, *answer_type_)));
  if (type != "open" && type != "closed") {
    throw table_.error(row, "'" + type + "' in column '" + table_.columns()[*answer_type_] +
                                "' is no kind of question; known: open, closed");
  }
  sample.open = type == "open";
}

void RowReader::read_groups(std::size_t row, Sample& sample) const {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const std::string& name = names_.groups[i];
    const std::string_view value = sdk::trimmed(table_.cell(row, groups_[i]));
    if (!value.empty()) {
      sample.groups.emplace_back(name, value);
    } else if (name == names_.cluster) {
      throw table_.error(row, "the cluster column '" + name + "' is empty; every row needs a value");
    }
  }
}

std::vector<std::optional<Split>> read_split_column(const sdk::Table& table, const std::string& column,
                                                    const SplitValues& values) {
  const std::size_t index = table.column(column);
  std::vector<std::optional<Split>> splits;
  for (std::size_t row = 0; row < table.size(); ++row) {
    const std::string value(sdk::trimmed(table.cell(row, index)));
    auto found = values.find(value);
    if (found == values.end()) found = values.find(sdk::lower_case(value));
    if (found == values.end()) {
      std::string known;
      for (const auto& [name, split] : values) known += (known.empty() ? "" : ", ") + name;
      throw table.error(row, "'" + value + "' in column '" + column + "' is no split; known: " + known +
                                 "; option 'split_values' says what other values mean");
    }
    splits.push_back(found->second);
  }
  return splits;
}

}  // namespace medvlm::table_dataset
