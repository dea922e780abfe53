// Where the shards of a scenario lie, and how their predictions become the scenario's.
#pragma once

#include <filesystem>
#include <vector>

#include "predicting.hpp"

namespace medvlm {

/// `scenario/shards/2-of-4` for index 1 of 4.
std::filesystem::path shard_folder(const std::filesystem::path& scenario, const Shard& shard);

/// Appends what shards have predicted to the split's journal, in the order of an undivided run, and removes the shards once that
/// is on the disk. Throws Error(conflict) for a shard that is being computed or is of another study.
void take_over_shards(const Scenario& scenario, const SplitRun& split, const std::string& identity);

}  // namespace medvlm
