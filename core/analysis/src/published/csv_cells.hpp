// A CSV text cell by cell, each with its place, so that complaints can name it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace medvlm::analysis {

struct CsvCell {
  std::string text;        ///< without quotes and without blanks around it
  std::size_t line = 0;    ///< of the cell's first character, counted from 1
  std::size_t column = 0;  ///< in characters (bytes), counted from 1
};

/// The rows (RFC 4180: commas, double quotes, a quote within quotes doubled; any line ends; a byte order mark is skipped).
/// Empty lines are left out. Throws Error(data) "name:line:column: ..." for a quote that is never closed or that stands
/// where none may.
std::vector<std::vector<CsvCell>> csv_rows(std::string_view text, const std::string& name);

}  // namespace medvlm::analysis
