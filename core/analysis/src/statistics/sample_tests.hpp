// The tests of two scenarios that look at their predictions sample by sample.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "medvlm/analysis/scenario_comparison.hpp"

namespace medvlm::analysis {

/// The samples of two scenarios side by side.
class SharedSamples {
 public:
  /// `cluster` is the group whose members stay together; empty: none. Throws Error(conflict) if a sample of the same place has
  /// another id.
  SharedSamples(const ScenarioFiles& first, const ScenarioFiles& second, const std::string& cluster);

  void count(ScenarioComparison& comparison) const;
  /// Fills in what fits the value.
  void test(ValueComparison& value, double confidence) const;

 private:
  using Records = std::vector<const PredictionRecord*>;

  bool is_auroc(const OutcomeValue& value) const;
  std::vector<std::size_t> columns_of(const OutcomeValue& value) const;
  std::optional<AurocComponents> curve(const Records& records, const std::vector<std::size_t>& columns,
                                       bool with_clusters) const;
  void test_auroc(ValueComparison& value, double confidence) const;
  void test_share(ValueComparison& value) const;
  bool explains(const std::vector<PredictionRecord>& records, const OutcomeValue& value) const;

  const ScenarioFiles& first_;
  const ScenarioFiles& second_;
  Records both_first_, both_second_;     // scored by both, place by place
  std::vector<std::uint32_t> clusters_;  // of these; empty: none
  std::size_t first_only_ = 0, second_only_ = 0, neither_ = 0;
};

}  // namespace medvlm::analysis
