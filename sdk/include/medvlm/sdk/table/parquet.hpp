// Parquet files as the Hugging Face hub keeps datasets: columns of texts and numbers, and pictures embedded as bytes.
// Part of the library medvlm::parquet, which alone loads Apache Arrow.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medvlm/base/api.hpp"
#include "medvlm/sdk/table/table.hpp"

namespace medvlm::sdk {

/// An open Parquet file. Nothing but its footer is read before it is asked for, and columns that are not asked for never
/// are. Safe to use from several threads. Everything throws Error(data) that names the file if it is damaged.
class MEDVLM_API ParquetFile {
 public:
  /// Throws Error(data) also if the file does not exist, or is no Parquet file (a pointer of Git LFS, say).
  explicit ParquetFile(const std::filesystem::path& file);
  ~ParquetFile();
  ParquetFile(ParquetFile&&) noexcept;
  ParquetFile& operator=(ParquetFile&&) noexcept;

  const std::filesystem::path& path() const;
  std::int64_t rows() const;
  /// The columns with one value a row (lists are left out); a field of a struct is named with a dot: "image.bytes".
  const std::vector<std::string>& columns() const;
  bool has(std::string_view column) const;

  /// Columns as texts: numbers in their shortest form, true and false, an empty text for null. The table's lines are rows,
  /// counted from 1. Throws Error(data) that lists the columns present if one is missing, or if a text is not UTF-8.
  Table table(std::span<const std::string> columns) const;

  /// Gives each value of a column of bytes in the order of rows, or nothing for null; a page at a time is in memory.
  using Visit = std::function<void(std::int64_t row, std::optional<std::string_view> bytes)>;
  void each_value(const std::string& column, const Visit& visit) const;

  /// One value of a column of bytes, or nothing for null. Rows asked for in about their order cost one pass over the
  /// file; any other order costs the rows of its group before it. Throws Error(data) for a row that there is not.
  std::optional<std::string> value(const std::string& column, std::int64_t row) const;

 private:
  struct Column;
  struct Cursor;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace medvlm::sdk
