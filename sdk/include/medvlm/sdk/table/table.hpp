// A table of texts with named columns, in which every row knows its file and line: what CSV, JSONL and Excel files become.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "medvlm/base/api.hpp"
#include "medvlm/base/error.hpp"

namespace medvlm::sdk {

/// Rows of texts under named columns. Cells lie in one buffer, so that tables with millions of cells stay small.
/// Reading is safe from several threads.
class MEDVLM_API Table {
 public:
  /// `file` is used in messages only.
  Table(std::string file, std::vector<std::string> columns);

  const std::string& file() const { return file_; }
  const std::vector<std::string>& columns() const { return columns_; }
  /// The number of rows, the header not counted.
  std::size_t size() const { return lines_.size(); }

  std::optional<std::size_t> find_column(std::string_view name) const;
  /// The index of a column. Throws Error(data) that lists the columns present and suggests the nearest.
  std::size_t column(std::string_view name) const;

  /// The text of a cell; valid while the table lives and no row is added. Throws Error(internal) out of range.
  std::string_view cell(std::size_t row, std::size_t column) const;
  /// The line of the file on which the row begins, counted from 1.
  std::int64_t line(std::size_t row) const { return lines_.at(row); }
  /// "file:line" of the row.
  std::string place(std::size_t row) const;
  /// Error(data) with the message "file:line: message".
  Error error(std::size_t row, const std::string& message) const;

  /// Appends a row with one cell per column. Throws Error(internal) for another number of cells.
  void add_row(std::span<const std::string> cells, std::int64_t line);

 private:
  std::string file_;
  std::vector<std::string> columns_;
  std::string text_;                ///< all cells, one after the other
  std::vector<std::size_t> ends_;   ///< where each cell ends in text_
  std::vector<std::int64_t> lines_;
};

/// Remembers which ids were seen, and refuses a second one with both lines.
class MEDVLM_API UniqueIds {
 public:
  /// Throws Error(data) "file:line: 'id' is already on line N; ...". `what` names the id, e.g. "image_id".
  void add(const Table& table, std::size_t row, std::string_view id, std::string_view what);

 private:
  std::unordered_map<std::string, std::int64_t> lines_;
};

/// Reads a CSV file; JSONL if its name ends in .jsonl or .ndjson, a list of objects if in .json, the first sheet of a
/// workbook if in .xlsx.
/// Throws Error(data), Error(io).
MEDVLM_API Table read_table(const std::filesystem::path& file);

}  // namespace medvlm::sdk
