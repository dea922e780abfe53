#include "subgroup_scoring.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "medvlm/base/log.hpp"

namespace medvlm {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// The place among the scored samples of every row of the test set; rows that failed have none.
std::vector<std::size_t> places_of_rows(std::size_t samples, std::span<const std::size_t> rows) {
  std::vector<std::size_t> places(samples, rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) places[rows[i]] = i;
  return places;
}

}  // namespace

SubgroupScoring::SubgroupScoring(const Scenario& scenario, std::span<const Sample> samples,
                                 std::span<const Scored> scored, std::span<const std::size_t> rows)
    : scenario_(scenario), scored_(scored), rows_(rows) {
  Subgroups found = find_subgroups(samples, scenario.subgroups.groups);
  notes_ = std::move(found.notes);
  for (const std::string& note : notes_) log(LogLevel::warning, scenario.name + ": subgroups: " + note);
  const auto places = places_of_rows(samples.size(), rows);
  for (const Subgroup& subgroup : found.list) {
    std::vector<std::size_t> members;
    for (const std::size_t row : subgroup.rows) {
      if (places[row] < rows.size()) members.push_back(places[row]);
    }
    subgroups_.push_back({subgroup.group, subgroup.value, members.size(), {}, ""});
    const std::size_t least = std::max<std::size_t>(1, scenario.subgroups.min_samples);
    if (members.size() < least) {
      subgroups_.back().reason =
          std::to_string(members.size()) + " scored samples are fewer than min_samples = " + std::to_string(least);
      continue;
    }
    large_.push_back(subgroups_.size() - 1);
    places_.push_back(std::move(members));
  }
}

void SubgroupScoring::add(const std::string& metric, const PreparedMetric& prepared, const Resamples& resamples) {
  const auto rounds = bootstrap_subset_rounds(prepared, resamples, rows_, places_, scenario_.bootstrap.threads);
  std::vector<std::vector<ResultValue>> values;
  for (std::size_t s = 0; s < places_.size(); ++s) {
    values.push_back(values_of(metric, prepared, resamples, s, rounds[s]));
  }
  add_gaps(metric, rounds, values);
  for (std::size_t s = 0; s < places_.size(); ++s) {
    auto& list = subgroups_[large_[s]].values;
    std::move(values[s].begin(), values[s].end(), std::back_inserter(list));
  }
}

std::vector<ResultValue> SubgroupScoring::values_of(const std::string& metric, const PreparedMetric& prepared,
                                                    const Resamples& resamples, std::size_t subset,
                                                    const Rounds& rounds) const {
  std::vector<std::uint32_t> members(rows_.size());
  std::vector<std::size_t> rows;
  for (const std::size_t place : places_[subset]) {
    members[place] = 1;
    rows.push_back(rows_[place]);
  }
  const bool spread_is_known = resamples.units_among(rows) >= 2;
  std::vector<double> points(rounds.size());
  prepared.evaluate(members, points);
  std::vector<ResultValue> values;
  for (std::size_t v = 0; v < rounds.size(); ++v) {
    const MetricValue& about = prepared.values()[v];
    ResultValue value{metric, about.name, v == 0, about.higher_is_better,
                      summarise(rounds[v], scenario_.bootstrap.confidence), "", {}, {}};
    value.interval.value = points[v];
    if (!spread_is_known) value.interval.std = value.interval.low = value.interval.high = kNan;
    if (std::isnan(points[v])) {
      value.reason = undefined_reason(subset);
    } else if (std::isnan(value.interval.low)) {
      value.reason = "too few samples for an interval";
    }
    values.push_back(std::move(value));
  }
  return values;
}

void SubgroupScoring::add_gaps(const std::string& metric, const std::vector<Rounds>& rounds,
                               const std::vector<std::vector<ResultValue>>& values) {
  const auto headline = [&](std::size_t subset) { return values[subset].front().interval.value; };
  const auto group_of = [&](std::size_t subset) -> const std::string& { return subgroups_[large_[subset]].group; };
  for (std::size_t first = 0; first < values.size();) {
    std::size_t last = first;
    std::size_t highest = values.size();
    std::size_t lowest = values.size();
    for (; last < values.size() && group_of(last) == group_of(first); ++last) {
      if (std::isnan(headline(last)) || subgroups_[large_[last]].value == "unknown") continue;
      if (highest == values.size() || headline(last) > headline(highest)) highest = last;
      if (lowest == values.size() || headline(last) <= headline(lowest)) lowest = last;
    }
    if (highest != lowest) {
      std::vector<double> difference = rounds[highest].front();
      for (std::size_t r = 0; r < difference.size(); ++r) difference[r] -= rounds[lowest].front()[r];
      SubgroupGap gap{group_of(first), metric, values[first].front().name, subgroups_[large_[highest]].value,
                      subgroups_[large_[lowest]].value, summarise(std::move(difference), scenario_.bootstrap.confidence)};
      gap.interval.value = headline(highest) - headline(lowest);
      gaps_.push_back(std::move(gap));
    }
    first = last;
  }
}

std::string SubgroupScoring::undefined_reason(std::size_t subset) const {
  const DatasetInfo& info = scenario_.dataset->info();
  const std::string all = "all " + std::to_string(places_[subset].size()) + " scored samples of the subgroup";
  if (info.task == Task::diagnosis && info.labels != LabelKind::multilabel) {
    const auto label = scored_[places_[subset].front()].sample->label;
    const bool one_class = std::all_of(places_[subset].begin(), places_[subset].end(),
                                       [&](std::size_t place) { return scored_[place].sample->label == label; });
    if (one_class) return all + " are '" + info.classes.at(static_cast<std::size_t>(label)).name + "'";
  }
  return "not defined for the samples of the subgroup";
}

void SubgroupScoring::move_to(ScenarioResult& result) {
  result.subgroups = std::move(subgroups_);
  result.gaps = std::move(gaps_);
  result.subgroup_notes = std::move(notes_);
}

}  // namespace medvlm
