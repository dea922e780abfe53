// The diagnoses of HAM10000 and the classes made of them.
#pragma once

#include <cstdint>
#include <vector>

#include "medvlm/core/data.hpp"
#include "medvlm/sdk/table/table.hpp"

namespace medvlm::ham10000 {

/// Classes in index order; texts verbatim from the original benchmark (binary) and DermaMNIST (seven classes).
std::vector<ClassInfo> make_classes(bool binary);

/// The class index of the diagnosis in a cell. Throws Error(data) with file:line for an unknown one.
std::int64_t read_label(const sdk::Table& table, std::size_t row, std::size_t dx_column, bool binary);

}  // namespace medvlm::ham10000
