// How far an adapter's result varies between the seeds it was trained with.
#pragma once

#include <string>
#include <vector>

#include "results_table.hpp"

namespace medvlm::launcher {

/// One headline value of one adapter over its seeds.
struct SeedSpread {
  std::string model, dataset, adapter, metric;
  std::vector<std::uint64_t> seeds;
  std::vector<double> values;  ///< one per seed; those that are defined
  double mean = 0;
  double std = 0;              ///< of the sample (divided by n - 1); NaN for one value
  double low = 0, high = 0;    ///< the smallest and the largest
};

/// The spreads of all rows that belong to an entry with `seeds`, in their order.
std::vector<SeedSpread> seed_spreads(const std::vector<TableRow>& rows);

/// An aligned table, or nothing if there are no spreads.
std::string seed_table(const std::vector<SeedSpread>& spreads);

/// The same as JSON text: a list.
std::string seed_json(const std::vector<SeedSpread>& spreads);

}  // namespace medvlm::launcher
