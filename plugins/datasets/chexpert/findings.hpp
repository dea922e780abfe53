// The label columns of CheXpert and how their values are read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "medvlm/core/data.hpp"
#include "medvlm/sdk/table/table.hpp"

namespace medvlm::chexpert {

/// What becomes of the value -1.
enum class Uncertain { ones, zeros, ignore };

/// The columns of a label set: "no_finding", "competition" or "all".
std::vector<std::string> label_columns(const std::string& set);

/// The classes of a label set; texts of no_finding verbatim from the original benchmark.
std::vector<ClassInfo> make_classes(const std::string& set);

/// 1, 0, or -1 (unknown) of a cell that holds 1, 0, -1 or nothing. Throws Error(data) with file:line for another value.
std::int8_t read_finding(const sdk::Table& table, std::size_t row, std::size_t column, Uncertain uncertain);

}  // namespace medvlm::chexpert
