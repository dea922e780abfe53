// Reads CSV files (RFC 4180) with a header row.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "medvlm/sdk/table/table.hpp"

namespace medvlm::sdk {

/// How a CSV file is written.
struct CsvFormat {
  /// The character between fields. 0: a tab if the header line holds tabs and no commas, else a comma.
  char delimiter = 0;
};

/// Parses CSV text: quoted fields with doubled quotes and embedded line ends, CRLF, LF or CR line ends, a byte order
/// mark at the beginning. Blank lines are skipped. `origin` is the file's name in messages. Throws Error(data)
/// "origin:line: ..." for text that is not UTF-8, a row with another number of fields than the header, a quote that
/// is never closed or stands inside an unquoted field, a column name used twice, and a missing header.
MEDVLM_API Table parse_csv(std::string_view text, const std::string& origin, const CsvFormat& format = {});

/// Reads and parses a file. Throws Error(data), also for a file that does not exist, and Error(io).
MEDVLM_API Table read_csv(const std::filesystem::path& file, const CsvFormat& format = {});

/// The field as it must be written in a comma-separated file: quoted where it has to be.
MEDVLM_API std::string csv_field(std::string_view text);

}  // namespace medvlm::sdk
