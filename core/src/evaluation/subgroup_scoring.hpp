// Metrics on subgroups of the scored samples, with the whole test set's resamples.
#pragma once

#include "medvlm/core/scenario.hpp"

namespace medvlm {

/// The subgroups of a scenario, restricted to what was scored.
class SubgroupScoring {
 public:
  /// `scored[i]` is the sample in row `rows[i]` of the test set. What is given must outlive the object.
  SubgroupScoring(const Scenario& scenario, std::span<const Sample> samples, std::span<const Scored> scored,
                  std::span<const std::size_t> rows);

  /// Adds the values of a metric, which is prepared on all scored samples, to every subgroup that is large enough, and the
  /// gaps of its headline. Throws what the metric throws; then nothing is added.
  void add(const std::string& metric, const PreparedMetric& prepared, const Resamples& resamples);

  /// Moves what was found into the result.
  void move_to(ScenarioResult& result);

 private:
  using Rounds = std::vector<std::vector<double>>;  ///< by value and round

  std::vector<ResultValue> values_of(const std::string& metric, const PreparedMetric& prepared,
                                     const Resamples& resamples, std::size_t subset, const Rounds& rounds) const;
  void add_gaps(const std::string& metric, const std::vector<Rounds>& rounds,
                const std::vector<std::vector<ResultValue>>& values);
  std::string undefined_reason(std::size_t subset) const;

  const Scenario& scenario_;
  std::span<const Scored> scored_;
  std::span<const std::size_t> rows_;
  std::vector<SubgroupResult> subgroups_;
  std::vector<std::vector<std::size_t>> places_;  // of the large subgroups: their members among the scored samples
  std::vector<std::size_t> large_;                // their places in subgroups_
  std::vector<SubgroupGap> gaps_;
  std::vector<std::string> notes_;
};

}  // namespace medvlm
