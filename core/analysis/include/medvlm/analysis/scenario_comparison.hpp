// Two finished scenarios on one test set: every value that both have, with its paired difference and the tests that fit it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "medvlm/analysis/delong.hpp"
#include "medvlm/analysis/mcnemar.hpp"
#include "medvlm/analysis/outcome.hpp"
#include "medvlm/analysis/paired_difference.hpp"
#include "medvlm/analysis/predictions_file.hpp"
#include "medvlm/analysis/rounds_file.hpp"
#include "medvlm/analysis/unpaired_difference.hpp"
#include "medvlm/base/api.hpp"

namespace medvlm::analysis {

/// What a comparison needs of a scenario. Published ones have an outcome only.
struct ScenarioFiles {
  Outcome outcome;
  std::optional<RoundsFile> rounds;
  std::vector<PredictionRecord> predictions;
};

/// Reads a scenario's folder, or the one that holds the given result.json. Missing rounds.bin and predictions.jsonl are left
/// out. Throws Error(io), Error(data).
MEDVLM_API ScenarioFiles read_scenario_files(const std::filesystem::path& folder_or_result);

/// Which test's p-value stands for a comparison.
enum class TestKind { none, bootstrap, delong, mcnemar, unpaired };
MEDVLM_API std::string_view test_name(TestKind kind);

/// One value of both scenarios; differences are first minus second. What does not apply is empty or NaN.
struct ValueComparison {
  std::string metric, name;
  bool headline = false;
  bool higher_is_better = true;
  double first = 0, second = 0;
  std::optional<Contrast> paired = {};         ///< from the rounds
  std::optional<UnpairedDifference> unpaired = {};  ///< where one side is published and deviations are known
  std::optional<DeLongDifference> delong = {};      ///< an AUROC, on the samples that both scored
  std::optional<McNemar> mcnemar = {};              ///< a share of right samples, on those that both scored
  std::optional<ClusteredMcNemar> clustered_mcnemar = {};  ///< the same over clusters, where the bootstrap draws these
  /// Of the paired difference, where its interval holds 0.
  double detectable = std::numeric_limits<double>::quiet_NaN();

  /// The test that fits the value best, chosen by its kind alone: DeLong's for an AUROC, McNemar's for a share, else the
  /// bootstrap's. Their p-values are not limited by a number of rounds, as corrections for many comparisons need.
  MEDVLM_API TestKind test() const;
  MEDVLM_API double p_value() const;
};

struct ScenarioComparison {
  std::string first, second;  ///< names of the scenarios
  double confidence = 0.95;
  std::optional<ResampleKey> key;  ///< null: not paired
  std::string cluster;             ///< group that the bootstrap draws; empty: samples
  std::size_t both = 0, first_only = 0, second_only = 0, neither = 0;  ///< samples scored; 0 without predictions
  std::vector<ValueComparison> values = {};  ///< in the order of the first scenario

  bool paired() const { return key.has_value(); }
};

/// Compares what both have. `metric` empty: all values, else those of that metric or of that name. Throws Error(conflict) with
/// all reasons and the cure if the two were not computed on the same resamples (published ones: not on a dataset of the same
/// name), Error(usage) if no value is common to both, Error(config) for a confidence outside (0, 1).
MEDVLM_API ScenarioComparison compare_scenarios(const ScenarioFiles& first, const ScenarioFiles& second, double confidence,
                                                const std::string& metric = "");

}  // namespace medvlm::analysis
