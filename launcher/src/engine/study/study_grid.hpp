// Which scenarios a study has: everything that fits together, less [[exclude]], changed by [[overrides]].
#pragma once

#include <deque>

#include "workbench.hpp"

namespace medvlm::launcher {

/// Every scenario of the study, grouped by model. Adapters whose options a rule changes are made once more, into `variants`.
/// Complaints: a rule that no scenario meets, though entries that it means are in use; options that a plugin refuses; a study
/// of which nothing is left.
std::vector<GridCell> make_grid(Workbench& bench, std::deque<Item<Adapter>>& variants, std::vector<Diagnostic>& diagnostics);

}  // namespace medvlm::launcher
