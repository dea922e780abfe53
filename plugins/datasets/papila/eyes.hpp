// From the rows of PAPILA's tables to eyes with a diagnosis.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "layout.hpp"
#include "medvlm/core/data.hpp"

namespace medvlm::papila {

/// What becomes of Diagnosis 2.
enum class Suspects { drop, positive };

/// One eye as a sample, and what the doctors said: 0 healthy, 1 glaucoma, 2 suspect.
struct Eye {
  Sample sample;
  std::int64_t diagnosis = 0;
};

/// The eyes of the two clinical tables, right eyes first. Throws Error(data) with file and line for a bad row.
std::vector<Eye> read_clinical_tables(const Layout& layout, Suspects suspects);

/// The eyes of a split file of the original benchmark (columns Path, Diagnosis; Gender and Age if present).
std::vector<Eye> read_split_table(const std::filesystem::path& file, Suspects suspects);

}  // namespace medvlm::papila
