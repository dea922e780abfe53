// AUROC bound to one set of scored samples: one ranking per class, the headline from them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "medvlm/analysis/delong.hpp"
#include "medvlm/core/metric.hpp"
#include "ranking.hpp"

namespace medvlm::metrics {

enum class Average { macro_present, macro, weighted, ovo, micro };

/// Values: "auroc"; for multi-class and multi-label also "auroc[<class>]" for each class.
class PreparedAuroc final : public PreparedMetric {
 public:
  /// The samples must have passed check_sample().
  PreparedAuroc(const DatasetInfo& dataset, std::span<const Scored> scored, Average average, analysis::Scale scale);

  const std::vector<MetricValue>& values() const override { return values_; }
  void evaluate(std::span<const std::uint32_t> multiplicity, std::span<double> out) const override;
  std::string undefined_reason(std::size_t index) const override;
  /// DeLong's, for single classes; none for a headline that is a mean, or with fewer than two samples of a kind.
  std::optional<AnalyticInterval> analytic(std::size_t index, double confidence) const override;

 private:
  using Results = std::vector<Ranking::Result>;

  void rank_classes(std::span<const Scored> scored);
  void rank_pairs(std::span<const Scored> scored);
  void rank_pooled(std::span<const Scored> scored);
  double headline(std::span<const std::uint32_t> multiplicity, const Results& classes) const;
  double one_against_one(std::span<const std::uint32_t> multiplicity) const;

  DatasetInfo dataset_;
  std::size_t samples_;
  Average average_;
  analysis::Scale scale_;
  std::vector<MetricValue> values_;
  std::vector<Ranking> classes_;                // binary: only that of class 1
  std::vector<std::optional<analysis::DeLong>> delong_;   // one per ranking in classes_
  std::vector<std::array<Ranking, 2>> pairs_;   // ovo: classes (a, b), scored by the column of a and by that of b
  std::optional<Ranking> pooled_;               // micro
  std::vector<std::string> reasons_;            // one per value; empty where it is defined
};

}  // namespace medvlm::metrics
