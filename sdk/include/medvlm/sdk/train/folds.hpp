// Splits of a train split for validation: nobody's images are on both sides.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "medvlm/core/data.hpp"

namespace medvlm::sdk::train {

/// The fold, 0 to `folds` - 1, of each sample. Samples of one cluster (DatasetInfo::cluster_group: a patient, a lesion) are
/// in the same fold; a sample without cluster is one of its own. The classes are spread over the folds as evenly as the
/// clusters allow. Depends on the samples' order and `seed` alone.
MEDVLM_API std::vector<int> cluster_folds(const DatasetInfo& dataset, std::span<const Sample> samples, int folds,
                                          std::uint64_t seed);

/// The indices 0 to n - 1 in the random order of one epoch.
MEDVLM_API std::vector<std::int64_t> epoch_order(std::int64_t n, std::uint64_t seed, std::int64_t epoch);

}  // namespace medvlm::sdk::train
