// Adapters that are trained with several seeds: each seed is a scenario of its own.
#pragma once

#include "workbench.hpp"

namespace medvlm::launcher {

/// Puts one item per seed in the place of every adapter that trains and has seeds: the entry's own, else those of the study
/// (`all`). Seeds of an entry that does not train are a complaint.
void split_by_seed(std::vector<Item<Adapter>>& adapters, const std::vector<Item<Dataset>>& datasets,
                   const std::vector<std::uint64_t>& all, std::vector<Diagnostic>& diagnostics);

}  // namespace medvlm::launcher
