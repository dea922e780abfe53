// The cells of one sheet as texts.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "xlsx_archive.hpp"

namespace medvlm::sdk::xlsx {

/// A row with any text.
struct Row {
  std::int64_t number = 0;  ///< as the sheet counts, from 1
  std::vector<std::pair<std::size_t, std::string>> cells;  ///< column (from 0) and text that is not empty, in order
};

/// One sheet.
struct Sheet {
  std::string name;
  std::vector<Row> rows;  ///< numbers ascend
};

/// Reads the sheet with this name, or the first. Throws Error(data) "origin [sheet]: cell B7: ...".
Sheet read_sheet(const Archive& archive, const std::string& name);

/// "B7" for column 1 and row 7.
std::string cell_name(std::size_t column, std::int64_t row);

}  // namespace medvlm::sdk::xlsx
