#include "scoring.hpp"

#include <cmath>
#include <limits>

#include "medvlm/core/sample_error.hpp"
#include "subgroup_scoring.hpp"

namespace medvlm {
namespace {

/// The scored samples and the rows of the test set that they come from.
struct ScoredSet {
  std::vector<Scored> scored;
  std::vector<std::size_t> rows;
};

ScoredSet scored_samples(std::span<const Sample> samples, const std::map<std::size_t, JournalRecord>& records) {
  ScoredSet set;
  for (const auto& [index, record] : records) {
    if (record.prediction.error) continue;
    set.scored.push_back({&samples[index], &record.prediction});
    set.rows.push_back(index);
  }
  return set;
}

ResultValue failed_metric(const NamedMetric& metric, std::string reason) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  return {metric.name, metric.name, true, true, {nan, nan, nan, nan, nan, 0}, std::move(reason), {}, {}};
}

void add_sample_values(const std::string& metric, const PreparedMetric& prepared, std::size_t scored, ScenarioResult& result) {
  std::vector<double> values = prepared.sample_values();
  if (values.empty()) return;
  if (values.size() != scored) {
    throw Error(ErrorCode::plugin, "the metric returned another number of values than there are scored samples");
  }
  result.sample_values.push_back({metric, std::move(values)});
}

void score_metric(const Scenario& scenario, const NamedMetric& metric, const ScoredSet& set, const ScoredSet& train,
                  const Resamples& resamples, ScenarioResult& result, SubgroupScoring& subgroups) {
  const auto prepared =
      metric.metric->prepare({scenario.dataset->info(), set.scored, train.scored, scenario.folder / "metrics" / metric.name});
  if (std::string report = prepared->report(); !report.empty()) {
    result.metric_reports.emplace_back(metric.name, std::move(report));
  }
  auto rounds = bootstrap_rounds(*prepared, resamples, set.rows, scenario.bootstrap.threads);
  const auto intervals = bootstrap_intervals(*prepared, resamples, set.rows, rounds, scenario.bootstrap.confidence);
  add_sample_values(metric.name, *prepared, set.scored.size(), result);
  subgroups.add(metric.name, *prepared, resamples);
  const auto& names = prepared->values();
  for (std::size_t i = 0; i < names.size(); ++i) {
    ResultValue value{metric.name, names[i].name, i == 0, names[i].higher_is_better, intervals[i], "",
                      prepared->analytic(i, scenario.bootstrap.confidence), std::move(rounds[i])};
    if (std::isnan(value.interval.value)) {
      value.reason = prepared->undefined_reason(i);
    } else if (std::isnan(value.interval.low)) {
      value.reason = "too few samples for an interval";
    }
    result.values.push_back(std::move(value));
  }
}

}  // namespace

ScenarioResult score(const Scenario& scenario, const TestSplit& test, const std::map<std::size_t, JournalRecord>& records,
                     const TrainPredictions& train) {
  ScenarioResult result;
  const ScoredSet set = scored_samples(test.samples, records);
  const ScoredSet train_set = scored_samples(train.samples, train.records);
  result.samples = test.samples.size();
  result.scored = set.scored.size();
  result.errored = records.size() - set.scored.size();
  result.missing = result.samples - records.size();
  // A stop while the train split is predicted leaves a result without what is fixed there.
  result.complete = result.missing == 0 && train.records.size() == train.samples.size();
  const auto clusters = cluster_numbers(test.samples, scenario.dataset->info().cluster_group);
  const Resamples resamples(test.samples.size(), clusters, scenario.bootstrap);
  SubgroupScoring subgroups(scenario, test.samples, set.scored, set.rows);
  for (const NamedMetric& metric : scenario.metrics) {
    if (set.scored.empty()) {
      result.values.push_back(failed_metric(metric, "no sample could be scored"));
      continue;
    }
    const auto failure = sample_error_of(
        "score", [&] { score_metric(scenario, metric, set, train_set, resamples, result, subgroups); });
    if (failure) result.values.push_back(failed_metric(metric, failure->message));
  }
  subgroups.move_to(result);
  return result;
}

}  // namespace medvlm
