// The table that a run ends with.
#pragma once

#include <string>
#include <vector>

#include "medvlm/core/scenario.hpp"

namespace medvlm::launcher {

/// One finished scenario for the table.
struct TableRow {
  std::string model, dataset, adapter;
  ScenarioResult result;
  std::string domain = "-";   ///< "ID", "OOD", or "-" where the study does not tell
  bool trained_on = false;    ///< the dataset is known to be in the model's training mixture
  std::string group = {};     ///< of an adapter with several seeds: its name without the seed
  std::uint64_t seed = 0;
};

/// Columns model, dataset, domain (where the study tells roles), adapter, scored, failed, and one per headline metric:
/// "0.8123 [0.7812, 0.8421]". Notes below say why a value is undefined, and which models have seen the dataset.
std::string results_table(const std::vector<TableRow>& rows, double confidence);

/// The same as JSON, with all values.
std::string results_json(const std::vector<TableRow>& rows);

/// Lines of cells as an aligned table with a rule below the first line.
std::string aligned(const std::vector<std::vector<std::string>>& lines);

}  // namespace medvlm::launcher
