// From predictions to numbers with intervals, and the files that hold them.
#pragma once

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

/// Writes predictions.jsonl (one line per sample, in the order of the dataset) and result.json.
/// `seconds`: of this call's evaluation; `new_records`: how many predictions it added.
void write_result(const Scenario& scenario, const TestSplit& test, const std::map<std::size_t, JournalRecord>& records,
                  const ScenarioResult& result, double seconds, std::size_t new_records);

}  // namespace medvlm
