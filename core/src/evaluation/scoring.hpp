// From predictions to numbers with intervals, and the files that hold them.
#pragma once

#include <nlohmann/json.hpp>

#include "medvlm/core/scenario.hpp"

namespace medvlm {

/// What was predicted on the train split, for metrics that fix something there.
struct TrainPredictions {
  std::vector<Sample> samples;
  std::map<std::size_t, JournalRecord> records;  ///< by position in `samples`
};

/// Counts outcomes and computes every metric with its interval. A metric that fails gets NaN values and a reason.
ScenarioResult score(const Scenario& scenario, const TestSplit& test, const std::map<std::size_t, JournalRecord>& records,
                     const TrainPredictions& train);

/// Writes predictions.jsonl (one line per sample, in the order of the dataset), rounds.bin, result.json and SHA256SUMS of all
/// files that count. `run`: how the work went.
void write_result(const Scenario& scenario, const TestSplit& test, const std::map<std::size_t, JournalRecord>& records,
                  const ScenarioResult& result, const nlohmann::ordered_json& run);

/// The counts and values of a result.json; no rounds, no subgroups. Throws nlohmann::json::exception for another shape.
ScenarioResult summary_of_result(const nlohmann::ordered_json& document);

}  // namespace medvlm
