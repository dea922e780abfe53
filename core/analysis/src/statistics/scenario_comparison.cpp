#include "medvlm/analysis/scenario_comparison.hpp"

#include <algorithm>
#include <cmath>
#include <system_error>

#include "medvlm/analysis/detectable_difference.hpp"
#include "medvlm/analysis/normal.hpp"
#include "medvlm/base/error.hpp"
#include "sample_tests.hpp"

namespace medvlm::analysis {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

bool is_published(const ScenarioFiles& files) { return files.outcome.published.has_value(); }

void require_rounds(const ScenarioFiles& files) {
  if (files.rounds) return;
  throw Error(ErrorCode::conflict, "'" + files.outcome.folder.string() + "' has no rounds.bin, so that nothing can be paired; "
                                   "make it with medvlm run STUDY --rescore (predictions are kept)");
}

void require_same_dataset(const ScenarioFiles& first, const ScenarioFiles& second) {
  if (first.outcome.dataset.name == second.outcome.dataset.name) return;
  throw Error(ErrorCode::conflict, "'" + first.outcome.name() + "' and '" + second.outcome.name() +
                                       "' are on different datasets; compare results on the same one");
}

/// Rounds do not tell which group was drawn, results do.
void require_same_resamples(const ScenarioFiles& first, const ScenarioFiles& second) {
  require_rounds(first);
  require_rounds(second);
  std::vector<std::string> further;
  const bool both_draw = !first.outcome.cluster.empty() && !second.outcome.cluster.empty();
  if (both_draw && first.outcome.cluster != second.outcome.cluster) {
    further.push_back("clusters by \"" + first.outcome.cluster + "\" and \"" + second.outcome.cluster + "\"");
  }
  require_paired(first.rounds->key, first.outcome.name(), second.rounds->key, second.outcome.name(), further);
}

double error_of(const Interval& interval, double confidence) {
  if (!std::isnan(interval.std)) return interval.std;
  return (interval.high - interval.low) / (2 * interval_z(confidence));
}

void pair_rounds(ValueComparison& value, const ScenarioFiles& first, const ScenarioFiles& second, double confidence) {
  const ValueRounds* a = first.rounds->find(value.metric, value.name);
  const ValueRounds* b = second.rounds->find(value.metric, value.name);
  if (!a || !b) return;
  Contrast contrast = paired_difference(value.first, value.second, a->rounds, b->rounds, confidence);
  const auto spread_unknown = [&](const ScenarioFiles& files) {
    return std::isnan(files.outcome.find(value.metric, value.name)->interval.std);
  };
  // With a single unit scored all rounds are alike, which says nothing of the spread.
  if (spread_unknown(first) || spread_unknown(second)) {
    contrast.interval.std = contrast.interval.low = contrast.interval.high = contrast.p_value = kUndefined;
  }
  if (contrast.interval.low <= 0 && contrast.interval.high >= 0) {
    value.detectable = detectable_difference(contrast.interval.std, 1 - confidence);
  }
  value.paired = contrast;
}

void without_pairs(ValueComparison& value, const OutcomeValue& first, const OutcomeValue& second, const ScenarioFiles& a,
                   const ScenarioFiles& b, double confidence) {
  const auto difference =
      unpaired_difference(value.first, error_of(first.interval, a.outcome.confidence), value.second,
                          error_of(second.interval, b.outcome.confidence), confidence);
  if (!std::isnan(difference.low)) value.unpaired = difference;
}

/// ", e.g. 'lora/seed-7'", of the folders that there are.
std::string an_example(const std::filesystem::path& folder) {
  std::vector<std::string> seeds;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().filename().string().starts_with("seed-")) seeds.push_back(entry->path().string());
  }
  return seeds.empty() ? "" : ", e.g. '" + *std::min_element(seeds.begin(), seeds.end()) + "'";
}

std::string names_of(const Outcome& outcome) {
  std::string names;
  for (const OutcomeValue& value : outcome.values) names += (names.empty() ? "" : ", ") + value.name;
  return names.empty() ? "none" : names;
}

}  // namespace

std::string_view test_name(TestKind kind) {
  switch (kind) {
    case TestKind::bootstrap: return "bootstrap";
    case TestKind::delong: return "delong";
    case TestKind::mcnemar: return "mcnemar";
    case TestKind::unpaired: return "unpaired";
    default: return "none";
  }
}

TestKind ValueComparison::test() const {
  if (delong && !std::isnan(delong->p_value)) return TestKind::delong;
  if (mcnemar) return TestKind::mcnemar;
  if (paired) return TestKind::bootstrap;
  return unpaired ? TestKind::unpaired : TestKind::none;
}

double ValueComparison::p_value() const {
  switch (test()) {
    case TestKind::delong: return delong->p_value;
    case TestKind::mcnemar: return clustered_mcnemar ? clustered_mcnemar->p_value : mcnemar->p_value();
    case TestKind::bootstrap: return paired->p_value;
    case TestKind::unpaired: return unpaired->p_value;
    default: return kUndefined;
  }
}

ScenarioFiles read_scenario_files(const std::filesystem::path& folder_or_result) {
  const bool is_result = folder_or_result.filename() == "result.json";
  std::filesystem::path folder = is_result ? folder_or_result.parent_path() : folder_or_result;
  if (folder.empty()) folder = ".";
  if (std::filesystem::exists(folder / "seeds.json") && !std::filesystem::exists(folder / "result.json")) {
    throw Error(ErrorCode::usage, "'" + folder.string() + "' holds several seeds; name one of them" + an_example(folder));
  }
  if (!std::filesystem::exists(folder / "result.json")) {
    const bool study = std::filesystem::exists(folder / "study.json");
    throw Error(ErrorCode::io, "'" + folder.string() + "' has no result.json: " +
                                   (study ? "it is the folder of a study; name one of its scenarios, e.g. '" +
                                                (folder / "MODEL/DATASET/ADAPTER").string() + "'"
                                          : "name the folder of a finished scenario (medvlm status tells which are)"));
  }
  ScenarioFiles files{read_outcome(folder), std::nullopt, {}};
  if (files.outcome.published) return files;
  if (std::filesystem::exists(folder / "rounds.bin")) files.rounds = read_rounds(folder / "rounds.bin");
  if (std::filesystem::exists(folder / "predictions.jsonl")) files.predictions = read_predictions(folder / "predictions.jsonl");
  return files;
}

ScenarioComparison compare_scenarios(const ScenarioFiles& first, const ScenarioFiles& second, double confidence,
                                     const std::string& metric) {
  interval_z(confidence);  // checks it
  ScenarioComparison comparison{first.outcome.name(), second.outcome.name(), confidence, std::nullopt, ""};
  const bool can_pair = !is_published(first) && !is_published(second);
  require_same_dataset(first, second);
  std::optional<SharedSamples> samples;
  if (can_pair) {
    require_same_resamples(first, second);
    comparison.key = first.rounds->key;
    comparison.cluster = first.outcome.unit == "cluster" ? first.outcome.cluster : "";
    samples.emplace(first, second, comparison.cluster);
    samples->count(comparison);
  }
  for (const OutcomeValue& value : first.outcome.values) {
    if (!metric.empty() && value.metric != metric && value.name != metric) continue;
    const OutcomeValue* other = second.outcome.find(value.metric, value.name);
    if (!other) continue;
    ValueComparison compared{value.metric, value.name, value.headline, value.higher_is_better, value.interval.value,
                             other->interval.value};
    if (can_pair) {
      pair_rounds(compared, first, second, confidence);
      samples->test(compared, confidence);
    } else {
      without_pairs(compared, value, *other, first, second, confidence);
    }
    comparison.values.push_back(std::move(compared));
  }
  if (comparison.values.empty()) {
    throw Error(ErrorCode::usage, "'" + comparison.first + "' and '" + comparison.second + "' have no value" +
                                      (metric.empty() ? "" : " '" + metric + "'") + " in common; the first has " +
                                      names_of(first.outcome) + ", the second " + names_of(second.outcome));
  }
  return comparison;
}

}  // namespace medvlm::analysis
