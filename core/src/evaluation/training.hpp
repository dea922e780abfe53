// The training of a scenario's adapter, and the record of it: what it was for, whether it ended, how it went.
#pragma once

#include <nlohmann/json.hpp>

#include "medvlm/core/scenario.hpp"

namespace medvlm {

/// Prepares the scenario's adapter: trains it, goes on training, or loads what was trained. The caller holds the folder.
/// `folder/training.json` is written before and after a training. Throws Error(conflict) if the folder holds a training
/// for something else.
void prepare_adapter(Scenario& scenario, Progress& progress);

/// True unless the adapter trains and has not finished.
bool is_trained(const Scenario& scenario);

/// How the training went, for result.json; an empty object for an adapter that does not train.
nlohmann::ordered_json training_summary(const Scenario& scenario);

/// Removes what a training left.
void forget_training(const Scenario& scenario);

}  // namespace medvlm
