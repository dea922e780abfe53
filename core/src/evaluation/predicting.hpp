// Predicting what a journal lacks, batch by batch.
#pragma once

#include <span>
#include <string>

#include "batches.hpp"

namespace medvlm {

/// A split with the journal of its predictions.
struct SplitRun {
  std::string name;  ///< for the progress display
  std::span<const Sample> samples;
  Journal& journal;
};

/// Predicts the given batches of the split. The adapter is prepared if it was not and there is something to predict. Stops
/// between batches if the user asks for it.
void run_batches(Scenario& scenario, const SplitRun& split, const std::vector<Batch>& batches, Progress& progress,
                 bool& prepared);

/// The batches of the split that its journal does not have whole.
std::vector<Batch> missing_batches(const Scenario& scenario, const SplitRun& split);

/// Refuses records that belong to other samples. Throws Error(conflict).
void check_records(const std::filesystem::path& folder, std::span<const Sample> samples, const Journal& journal);

}  // namespace medvlm
