// Scores per item, and their means for any resample.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "medvlm/core/metric.hpp"

namespace medvlm::metrics {

/// The mean score of the judged open items, of the closed ones, and of both weighted by how many items there are. An
/// open item without a score stays out of the mean; it still counts in the weight, as in the paper.
class JudgedAnswers final : public PreparedMetric {
 public:
  void add_closed(bool right) { items_.push_back({right ? 1.0 : 0.0, false, true}); }
  /// `score` is from 1 to 100.
  void add_open(double score) { items_.push_back({score / 100, true, true}); }
  void add_unscored(std::string id, std::string reason);
  void set_report(std::string report) { report_ = std::move(report); }

  /// Ids of the items without a score, and why.
  const std::vector<std::pair<std::string, std::string>>& unscored() const { return unscored_; }

  const std::vector<MetricValue>& values() const override;
  void evaluate(std::span<const std::uint32_t> multiplicity, std::span<double> out) const override;
  std::string undefined_reason(std::size_t index) const override;
  std::vector<double> sample_values() const override;
  std::string report() const override { return report_; }

 private:
  struct Item {
    double score = 0;
    bool open = false;
    bool scored = false;
  };
  std::vector<Item> items_;
  std::vector<std::pair<std::string, std::string>> unscored_;
  std::string report_;
};

}  // namespace medvlm::metrics
