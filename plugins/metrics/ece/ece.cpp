// The metric plugin `ece`.
#include <limits>
#include <string>
#include <vector>

#include "calibration.hpp"
#include "medvlm/sdk/metric/counted_metric.hpp"
#include "medvlm/sdk/metric/one_vs_rest.hpp"
#include "medvlm/sdk/metric/probabilities.hpp"
#include "medvlm/sdk/plugin.hpp"

namespace medvlm::metrics {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// What the probabilities of one class say, each taken at its word.
Calibration of_column(std::span<const sdk::ScoredItem> items, std::size_t bins) {
  Calibration calibration(bins);
  for (const auto& item : items) calibration.add(item.sample, sdk::probability(item.score), item.positive);
  return calibration;
}

/// What the decisions claim.
Calibration of_decisions(const DatasetInfo& dataset, std::span<const Scored> scored, std::size_t bins) {
  Calibration calibration(bins);
  for (std::size_t i = 0; i < scored.size(); ++i) {
    const Prediction& prediction = *scored[i].prediction;
    const std::size_t predicted = sdk::predicted_class(dataset, prediction, 0.5);
    double confidence = 0;
    if (dataset.labels == LabelKind::binary) {
      const double positive = sdk::probability(sdk::positive_score(prediction));
      confidence = predicted == 1 ? positive : 1 - positive;
    } else {
      confidence = sdk::probability(prediction.scores[predicted]);
    }
    const bool hit = static_cast<std::size_t>(scored[i].sample->label) == predicted;
    calibration.add(static_cast<std::uint32_t>(i), confidence, hit);
  }
  return calibration;
}

class PreparedEce final : public PreparedMetric {
 public:
  PreparedEce(const DatasetInfo& dataset, std::span<const Scored> scored, std::size_t bins)
      : dataset_(dataset), samples_(scored.size()), values_{{"ece", false}} {
    const bool labels = dataset.labels == LabelKind::multilabel;
    if (!labels) parts_.push_back(of_decisions(dataset, scored, bins));
    if (dataset.labels == LabelKind::multiclass) return;
    for (const std::size_t column : sdk::columns_of(dataset)) {
      parts_.push_back(of_column(sdk::items_of(dataset, scored, column), bins));
      values_.push_back({labels ? "ece[" + dataset.classes[column].name + "]" : "ece_positive", false});
    }
  }

  const std::vector<MetricValue>& values() const override { return values_; }

  void evaluate(std::span<const std::uint32_t> multiplicity, std::span<double> out) const override {
    sdk::check_spans("ece", samples_, values_.size(), multiplicity, out);
    if (dataset_.labels != LabelKind::multilabel) {
      for (std::size_t v = 0; v < parts_.size(); ++v) out[v] = parts_[v].error(multiplicity);
      return;
    }
    double sum = 0;
    int defined = 0;
    for (std::size_t label = 0; label < parts_.size(); ++label) {
      out[label + 1] = parts_[label].error(multiplicity);
      if (std::isnan(out[label + 1])) continue;
      sum += out[label + 1];
      ++defined;
    }
    out[0] = defined == 0 ? kNan : sum / defined;
  }

  std::string undefined_reason(std::size_t index) const override {
    if (index >= values_.size()) return "";
    if (samples_ == 0) return "no sample was scored";
    if (dataset_.labels != LabelKind::multilabel) return "";
    if (index > 0 && parts_[index - 1].empty()) {
      return "no scored sample has a known label for '" + dataset_.classes[index - 1].name + "'";
    }
    const bool nothing = std::all_of(parts_.begin(), parts_.end(), [](const Calibration& each) { return each.empty(); });
    return nothing ? "no scored sample has a known label" : "";
  }

 private:
  DatasetInfo dataset_;
  std::size_t samples_;
  std::vector<MetricValue> values_;
  std::vector<Calibration> parts_;  // one per value; multi-label: one per label
};

class EceMetric final : public Metric {
 public:
  explicit EceMetric(const Options& options) : bins_(static_cast<std::size_t>(options.integer("bins"))) {}

  void check(const DatasetInfo& dataset) const override { sdk::check_classification(dataset, "ece"); }

  std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const override {
    check(input.dataset);
    for (const Scored& each : input.scored) sdk::check_probabilities(input.dataset, each, "ece");
    return std::make_unique<PreparedEce>(input.dataset, input.scored, bins_);
  }

 private:
  std::size_t bins_;
};

}  // namespace
}  // namespace medvlm::metrics

MEDVLM_PLUGIN(medvlm::Metric, medvlm::metrics::EceMetric)
