// The classes of a table dataset and the reading of label cells.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "medvlm/base/options.hpp"
#include "medvlm/core/data.hpp"
#include "medvlm/sdk/table/table.hpp"
#include "settings.hpp"

namespace medvlm::table_dataset {

/// The classes that the options describe; empty for VQA. Throws Error(config) for lists of different lengths.
std::vector<ClassInfo> make_classes(const Options& options, const ColumnNames& names);

/// The class index in a cell: a class name, or an index counted from 0. Throws Error(data) with file:line that lists
/// the classes.
std::int64_t read_label(const sdk::Table& table, std::size_t row, std::size_t column,
                        const std::vector<ClassInfo>& classes);

/// 1, 0, or -1 for unknown, of one multi-label cell. Throws Error(data) with file:line.
std::int8_t read_finding(const sdk::Table& table, std::size_t row, std::size_t column);

}  // namespace medvlm::table_dataset
