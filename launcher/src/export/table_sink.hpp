// A flat table that is written row by row, as CSV, JSON lines or Parquet.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace medvlm::launcher {

/// json: a JSON text, which the format JSONL has as what it says.
enum class ColumnType { text, integer, number, flag, json };

struct Column {
  std::string name;
  ColumnType type = ColumnType::text;
};

/// monostate: nothing. A number that is not finite counts as nothing, too.
using Cell = std::variant<std::monostate, std::string, std::int64_t, double, bool>;

class TableSink {
 public:
  virtual ~TableSink();
  /// One cell per column, each of its column's type or nothing. Throws Error(internal) for another shape, Error(io).
  virtual void add(const std::vector<Cell>& row) = 0;
  /// Makes the file appear under its name; without this call it never does. Throws Error(io).
  virtual void finish() = 0;
};

/// Opens `file` for a table. `format` is "csv", "jsonl" or "parquet". Throws Error(io), Error(internal) for another format.
std::unique_ptr<TableSink> make_sink(const std::string& format, const std::filesystem::path& file,
                                     std::vector<Column> columns);

/// Used by make_sink(); in a source file of its own, which alone knows Arrow.
std::unique_ptr<TableSink> make_parquet_sink(const std::filesystem::path& file, std::vector<Column> columns);

/// Where a file is written until it is complete.
std::filesystem::path unfinished(const std::filesystem::path& file);

/// Throws Error(internal) unless the row fits the columns.
void check_row(const std::vector<Column>& columns, const std::vector<Cell>& row);

}  // namespace medvlm::launcher
