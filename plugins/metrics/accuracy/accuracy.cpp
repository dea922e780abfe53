// The metric plugin `accuracy`.
#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "medvlm/sdk/metric/classification.hpp"
#include "medvlm/sdk/metric/counted_metric.hpp"
#include "medvlm/sdk/plugin.hpp"

namespace medvlm::metrics {
namespace {

/// Per sample: how many of its decisions count, and how many of those are right.
struct Tally {
  std::vector<std::uint32_t> right;
  std::vector<std::uint32_t> counted;

  void add(std::uint32_t is_right, std::uint32_t is_counted) {
    right.push_back(is_right);
    counted.push_back(is_counted);
  }

  double share(std::span<const std::uint32_t> multiplicity) const {
    std::uint64_t hits = 0;
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < multiplicity.size(); ++i) {
      hits += std::uint64_t{multiplicity[i]} * right[i];
      all += std::uint64_t{multiplicity[i]} * counted[i];
    }
    if (all == 0) return std::numeric_limits<double>::quiet_NaN();
    return static_cast<double>(hits) / static_cast<double>(all);
  }
};

class PreparedAccuracy final : public PreparedMetric {
 public:
  PreparedAccuracy(const DatasetInfo& dataset, std::span<const Scored> scored, double threshold)
      : samples_(scored.size()), threshold_(threshold) {
    if (dataset.labels == LabelKind::multilabel) {
      tally_labels(dataset, scored);
    } else {
      tally_classes(dataset, scored);
    }
  }

  const std::vector<MetricValue>& values() const override { return values_; }

  void evaluate(std::span<const std::uint32_t> multiplicity, std::span<double> out) const override {
    sdk::check_spans("accuracy", samples_, values_.size(), multiplicity, out);
    for (std::size_t v = 0; v < tallies_.size(); ++v) out[v] = tallies_[v].share(multiplicity);
  }

  std::string undefined_reason(std::size_t index) const override {
    if (index >= tallies_.size()) return "";
    const auto& counted = tallies_[index].counted;
    if (counted.empty()) return "no sample was scored";
    const bool defined = std::any_of(counted.begin(), counted.end(), [](std::uint32_t n) { return n > 0; });
    return defined ? "" : "no scored sample has a known label";
  }

  std::vector<double> sample_values() const override {
    std::vector<double> values;
    for (std::size_t i = 0; i < samples_; ++i) {
      const std::uint32_t counted = tallies_[0].counted[i];
      values.push_back(counted == 0 ? std::numeric_limits<double>::quiet_NaN() : double(tallies_[0].right[i]) / counted);
    }
    return values;
  }

 private:
  void tally_classes(const DatasetInfo& dataset, std::span<const Scored> scored) {
    values_ = {{"accuracy", true}};
    tallies_.resize(1);
    for (const Scored& each : scored) {
      const std::size_t predicted = sdk::predicted_class(dataset, *each.prediction, threshold_);
      tallies_[0].add(predicted == static_cast<std::size_t>(each.sample->label) ? 1 : 0, 1);
    }
  }

  void tally_labels(const DatasetInfo& dataset, std::span<const Scored> scored) {
    values_ = {{"accuracy", true}, {"subset_accuracy", true}};
    for (const ClassInfo& each : dataset.classes) values_.push_back({"accuracy[" + each.name + "]", true});
    tallies_.resize(values_.size());
    for (const Scored& each : scored) {
      std::uint32_t right = 0;
      std::uint32_t known = 0;
      for (std::size_t c = 0; c < dataset.classes.size(); ++c) {
        const std::int8_t label = each.sample->labels[c];
        const bool hit = label >= 0 && (each.prediction->scores[c] > threshold_) == (label == 1);
        tallies_[c + 2].add(hit ? 1 : 0, label >= 0 ? 1 : 0);
        right += hit ? 1 : 0;
        known += label >= 0 ? 1 : 0;
      }
      tallies_[0].add(right, known);
      tallies_[1].add(known > 0 && right == known ? 1 : 0, known > 0 ? 1 : 0);
    }
  }

  std::size_t samples_;
  double threshold_;
  std::vector<MetricValue> values_;
  std::vector<Tally> tallies_;  // one per value
};

class AccuracyMetric final : public Metric {
 public:
  explicit AccuracyMetric(const Options& options) : threshold_(sdk::threshold_option(options, "accuracy")) {}

  void check(const DatasetInfo& dataset) const override { sdk::check_classification(dataset, "accuracy"); }

  std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const override {
    check(input.dataset);
    for (const Scored& each : input.scored) sdk::check_sample(input.dataset, each);
    return std::make_unique<PreparedAccuracy>(input.dataset, input.scored, threshold_);
  }

 private:
  double threshold_;
};

}  // namespace
}  // namespace medvlm::metrics

MEDVLM_PLUGIN(medvlm::Metric, medvlm::metrics::AccuracyMetric)
