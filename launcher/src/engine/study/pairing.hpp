// Which models, adapters and metrics of a study go with which of its datasets.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "workbench.hpp"

namespace medvlm::launcher {

/// Whether the adapter applies to the dataset, and the model has what it needs there.
bool fits(const Item<Model>& model, const Item<Dataset>& dataset, const Item<Adapter>& adapter);
/// The metrics of the study that apply to the dataset.
std::vector<const Item<Metric>*> metrics_for(const std::vector<Item<Metric>>& metrics, const Item<Dataset>& dataset);

/// A study may have datasets of several tasks; what serves one task alone is left out for the others. Everything else that
/// does not fit is a complaint: an entry that fits some datasets of a task and not others, or none at all, and a dataset
/// for which no model, adapter or metric is left. What is excluded need not fit.
void check_pairs(std::vector<Item<Model>>& models, std::vector<Item<Dataset>>& datasets,
                 std::vector<Item<Adapter>>& adapters, std::vector<Item<Metric>>& metrics,
                 const std::vector<Exclusion>& exclusions, std::vector<Diagnostic>& diagnostics);

}  // namespace medvlm::launcher
