// The metric plugin `balanced_accuracy`.
#include <limits>

#include "medvlm/sdk/metric/classification.hpp"
#include "medvlm/sdk/metric/counted_metric.hpp"
#include "medvlm/sdk/plugin.hpp"

namespace medvlm::metrics {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// The mean of the shares that exist.
class Shares {
 public:
  void add(std::uint64_t part, std::uint64_t whole) {
    if (whole != 0) add(static_cast<double>(part) / static_cast<double>(whole));
  }
  void add(double share) {
    sum_ += share;
    ++count_;
  }
  double mean() const { return count_ == 0 ? kNan : sum_ / count_; }

 private:
  double sum_ = 0;
  int count_ = 0;
};

double of_label(const sdk::ClassCounts& counts) {
  Shares shares;
  shares.add(counts.right, counts.truth);
  shares.add(counts.true_negatives(), counts.negatives());
  return shares.mean();
}

class PreparedBalancedAccuracy final : public sdk::CountedMetric {
 public:
  PreparedBalancedAccuracy(const DatasetInfo& dataset, std::span<const Scored> scored, double threshold)
      : CountedMetric("balanced_accuracy", dataset, {dataset, scored, {threshold}}, {"balanced_accuracy"},
                      {dataset.labels == LabelKind::multilabel ? "balanced_accuracy" : "recall"}) {}

 protected:
  double overall(std::size_t, const Counts& counts) const override {
    Shares shares;
    for (const auto& each : counts) {
      if (decisions().exclusive()) {
        shares.add(each.right, each.truth);
      } else if (each.known > 0) {
        shares.add(of_label(each));
      }
    }
    return shares.mean();
  }

  double of_class(std::size_t, const sdk::ClassCounts& counts, std::size_t) const override {
    if (!decisions().exclusive()) return of_label(counts);
    Shares recall;
    recall.add(counts.right, counts.truth);
    return recall.mean();
  }

  std::string class_reason(std::size_t, const sdk::ClassCounts& counts, std::size_t column) const override {
    return "none of the " + std::to_string(counts.known) + " scored samples is '" + dataset().classes[column].name + "'";
  }
};

class BalancedAccuracyMetric final : public Metric {
 public:
  explicit BalancedAccuracyMetric(const Options& options)
      : threshold_(sdk::threshold_option(options, "balanced_accuracy")) {}

  void check(const DatasetInfo& dataset) const override { sdk::check_classification(dataset, "balanced_accuracy"); }

  std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const override {
    check(input.dataset);
    for (const Scored& each : input.scored) sdk::check_sample(input.dataset, each);
    return std::make_unique<PreparedBalancedAccuracy>(input.dataset, input.scored, threshold_);
  }

 private:
  double threshold_;
};

}  // namespace
}  // namespace medvlm::metrics

MEDVLM_PLUGIN(medvlm::Metric, medvlm::metrics::BalancedAccuracyMetric)
