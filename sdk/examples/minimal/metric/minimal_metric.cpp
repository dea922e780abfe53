// The smallest complete metric: accuracy of binary and multi-class diagnosis.
#include <algorithm>
#include <limits>

#include "medvlm/core/metric.hpp"
#include "medvlm/sdk/plugin.hpp"

namespace {

class Prepared : public medvlm::PreparedMetric {
 public:
  explicit Prepared(std::span<const medvlm::Scored> scored) {
    for (const auto& [sample, prediction] : scored) {
      const auto& scores = prediction->scores;
      right_.push_back(std::max_element(scores.begin(), scores.end()) - scores.begin() == sample->label);
    }
  }

  const std::vector<medvlm::MetricValue>& values() const override { return values_; }

  void evaluate(std::span<const std::uint32_t> multiplicity, std::span<double> out) const override {
    double right = 0, drawn = 0;
    for (std::size_t i = 0; i < multiplicity.size(); ++i) {
      drawn += multiplicity[i];
      right += right_[i] ? multiplicity[i] : 0;
    }
    out[0] = drawn > 0 ? right / drawn : std::numeric_limits<double>::quiet_NaN();
  }

  std::string undefined_reason(std::size_t) const override { return "no sample was scored"; }

 private:
  std::vector<medvlm::MetricValue> values_{{"minimal-accuracy", true}};
  std::vector<bool> right_;
};

class MinimalMetric : public medvlm::Metric {
 public:
  explicit MinimalMetric(const medvlm::Options&) {}

  void check(const medvlm::DatasetInfo& dataset) const override {
    if (dataset.task == medvlm::Task::diagnosis && dataset.labels != medvlm::LabelKind::multilabel) return;
    throw medvlm::Error(medvlm::ErrorCode::config, "minimal-metric needs one class per sample");
  }

  std::unique_ptr<medvlm::PreparedMetric> prepare(const medvlm::MetricInput& input) const override {
    return std::make_unique<Prepared>(input.scored);
  }
};

}  // namespace

MEDVLM_PLUGIN(medvlm::Metric, MinimalMetric)
