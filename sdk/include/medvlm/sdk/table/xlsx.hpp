// Reads one sheet of an Excel workbook (.xlsx, Office Open XML) as a table.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "medvlm/sdk/table/table.hpp"

namespace medvlm::sdk {

/// Which part of a workbook is the table.
struct XlsxFormat {
  /// The name of the sheet; empty: the first one.
  std::string sheet;
  /// Names that the header holds. Titles may lie above the names in merged cells, so the header goes from the first row
  /// down to the one by which each of these was seen, 20 rows at most; a column is called by its lowest text. Empty:
  /// the first row with any text is the header.
  std::vector<std::string> header;
};

/// Parses a workbook. Cells become texts: shared and inline strings as they are, numbers in their shortest form ("47",
/// "0.5"; dates are the numbers that Excel keeps), booleans "true" and "false", results of formulas as stored; empty
/// cells and #N/A become "". Rows without any text are skipped, and so are columns right of the header's last name. A
/// row's line is its number in the sheet, and Table::file() is "origin [sheet]".
/// Throws Error(data), naming the file and, where they are known, sheet and cell: no workbook or a damaged one, an
/// encrypted or an old .xls file, a sheet or header name that is not there, a column name used twice, a cell with an
/// error value, more than 128 MiB in one part of the archive or 50 million cells.
MEDVLM_API Table parse_xlsx(std::string_view bytes, const std::string& origin, const XlsxFormat& format = {});

/// Reads and parses a file. Throws Error(data), also for a file that does not exist, and Error(io).
MEDVLM_API Table read_xlsx(const std::filesystem::path& file, const XlsxFormat& format = {});

}  // namespace medvlm::sdk
