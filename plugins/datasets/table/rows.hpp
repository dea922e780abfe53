// Makes samples of the rows of a table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "medvlm/core/data.hpp"
#include "medvlm/sdk/table/table.hpp"
#include "settings.hpp"

namespace medvlm::table_dataset {

/// Reads rows of one table. Refers to everything it is given.
class RowReader {
 public:
  /// Throws Error(data) for a column that does not exist.
  RowReader(const sdk::Table& table, const ColumnNames& names, const std::vector<ClassInfo>& classes);

  /// The sample of a row. `prefix` begins the ids that are made of path and row. Throws Error(data) with file:line.
  Sample read(std::size_t row, const std::string& prefix) const;
  /// The id that read() gives.
  std::string id(std::size_t row, const std::string& prefix) const;

 private:
  std::string_view needed(std::size_t row, std::size_t column) const;
  void read_question(std::size_t row, Sample& sample) const;
  void read_groups(std::size_t row, Sample& sample) const;

  const sdk::Table& table_;
  const ColumnNames& names_;
  const std::vector<ClassInfo>& classes_;
  std::size_t image_ = 0;
  std::optional<std::size_t> id_, label_, question_, answer_, answer_type_;
  std::vector<std::size_t> labels_, groups_;
};

/// The split of each row by its split column; nothing where the row is left out. Throws Error(data) with file:line for
/// a value without a meaning.
std::vector<std::optional<Split>> read_split_column(const sdk::Table& table, const std::string& column,
                                                    const SplitValues& values);

}  // namespace medvlm::table_dataset
