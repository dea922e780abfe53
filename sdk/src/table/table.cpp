#include "medvlm/sdk/table/table.hpp"

#include "medvlm/base/options.hpp"
#include "medvlm/sdk/table/csv.hpp"
#include "medvlm/sdk/table/fields.hpp"
#include "medvlm/sdk/table/jsonl.hpp"
#include "medvlm/sdk/table/xlsx.hpp"

namespace medvlm::sdk {

Table::Table(std::string file, std::vector<std::string> columns)
    : file_(std::move(file)), columns_(std::move(columns)) {}

std::optional<std::size_t> Table::find_column(std::string_view name) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i] == name) return i;
  }
  return std::nullopt;
}

std::size_t Table::column(std::string_view name) const {
  if (const auto found = find_column(name)) return *found;
  std::string message = file_ + ": there is no column '" + std::string(name) + "'";
  if (const auto near = nearest_name(name, columns_)) message += "; did you mean '" + *near + "'?";
  message += "; columns present: ";
  for (std::size_t i = 0; i < columns_.size(); ++i) message += (i ? ", " : "") + columns_[i];
  throw Error(ErrorCode::data, message);
}

std::string_view Table::cell(std::size_t row, std::size_t column) const {
  if (row >= lines_.size() || column >= columns_.size()) {
    throw Error(ErrorCode::internal, file_ + ": cell (" + std::to_string(row) + ", " + std::to_string(column) +
                                         ") is outside the table of " + std::to_string(lines_.size()) + " rows and " +
                                         std::to_string(columns_.size()) + " columns");
  }
  const std::size_t index = row * columns_.size() + column;
  const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
  return std::string_view(text_).substr(begin, ends_[index] - begin);
}

std::string Table::place(std::size_t row) const { return file_ + ":" + std::to_string(line(row)); }

Error Table::error(std::size_t row, const std::string& message) const {
  return Error(ErrorCode::data, place(row) + ": " + message);
}

void Table::add_row(std::span<const std::string> cells, std::int64_t line) {
  if (cells.size() != columns_.size()) {
    throw Error(ErrorCode::internal, file_ + ": a row of " + std::to_string(cells.size()) + " cells for " +
                                         std::to_string(columns_.size()) + " columns");
  }
  for (const std::string& cell : cells) {
    text_ += cell;
    ends_.push_back(text_.size());
  }
  lines_.push_back(line);
}

void UniqueIds::add(const Table& table, std::size_t row, std::string_view id, std::string_view what) {
  const auto [found, added] = lines_.try_emplace(std::string(id), table.line(row));
  if (added) return;
  throw table.error(row, std::string(what) + " '" + std::string(id) + "' is already on line " +
                             std::to_string(found->second) + "; every row needs its own");
}

Table read_table(const std::filesystem::path& file) {
  const std::string extension = lower_case(file.extension().string());
  if (extension == ".xlsx") return read_xlsx(file);
  if (extension == ".json") return read_json_list_table(file);
  return extension == ".jsonl" || extension == ".ndjson" ? read_jsonl_table(file) : read_csv(file);
}

}  // namespace medvlm::sdk
