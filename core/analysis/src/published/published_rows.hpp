// The rows of a published table, checked cell by cell: what read_published_table() makes outcomes of.
#pragma once

#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "csv_cells.hpp"

namespace medvlm::analysis {

/// Complaints, all of them told at once.
class Complaints {
 public:
  explicit Complaints(std::string file) : file_(std::move(file)) {}
  void add(const CsvCell& cell, const std::string& what);
  bool empty() const { return lines_.empty(); }
  /// Throws Error(data) with the first twenty if there are any.
  void refuse() const;

 private:
  std::string file_;
  std::vector<std::string> lines_;
};

/// What a row is for.
enum class RowKind { value, model_size, sample_count, skipped };

/// One row. Cells that the table does not have are empty.
struct PublishedRow {
  RowKind kind = RowKind::skipped;
  std::string why;  ///< it is skipped
  CsvCell model, dataset, adapter, metric;
  std::string task, table, subset;
  bool higher_is_better = true;
  double value = std::numeric_limits<double>::quiet_NaN();  ///< as written; parameters and samples in ones
  double low = value, high = value, std = value;
  CsvCell number;  ///< the cell of the value
};

/// The rows without the header. Adds to `complaints` what is wrong with cells; throws Error(data) for a missing column.
std::vector<PublishedRow> published_rows(const std::string& text, const std::string& file, Complaints& complaints);

}  // namespace medvlm::analysis
