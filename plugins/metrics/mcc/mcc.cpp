// The metric plugin `mcc`.
#include <cmath>
#include <limits>

#include "medvlm/sdk/metric/classification.hpp"
#include "medvlm/sdk/metric/counted_metric.hpp"
#include "medvlm/sdk/plugin.hpp"

namespace medvlm::metrics {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Covariances of truth and prediction over classes, times the squared number of samples.
struct Covariances {
  double mixed = 0, truth = 0, predicted = 0;
};

// Sums of squares of counts: exact in double up to 9e7 samples, and good to 1e-16 of them beyond.
Covariances covariances_of(std::span<const sdk::ClassCounts> counts, double total) {
  double right = 0, products = 0, truths = 0, predictions = 0;
  for (const auto& each : counts) {
    const auto truth = static_cast<double>(each.truth);
    const auto predicted = static_cast<double>(each.predicted);
    right += static_cast<double>(each.right);
    products += truth * predicted;
    truths += truth * truth;
    predictions += predicted * predicted;
  }
  return {right * total - products, total * total - truths, total * total - predictions};
}

double correlation(const Covariances& covariances) {
  const double squared = covariances.truth * covariances.predicted;
  return squared == 0 ? 0 : covariances.mixed / std::sqrt(squared);
}

class PreparedMcc final : public sdk::CountedMetric {
 public:
  PreparedMcc(const DatasetInfo& dataset, std::span<const Scored> scored, double threshold)
      : CountedMetric("mcc", dataset, {dataset, scored, {threshold}}, {"mcc"}, names_by_class(dataset)) {}

 protected:
  double overall(std::size_t, const Counts& counts) const override {
    if (decisions().exclusive()) {
      const auto total = static_cast<double>(counts[0].known);
      return total == 0 ? kNan : correlation(covariances_of(counts, total));
    }
    double sum = 0;
    int labels = 0;
    for (const auto& each : counts) {
      if (each.known == 0) continue;
      sum += of_class(0, each, 0);
      ++labels;
    }
    return labels == 0 ? kNan : sum / labels;
  }

  double of_class(std::size_t, const sdk::ClassCounts& counts, std::size_t) const override {
    if (counts.known == 0) return kNan;
    const sdk::ClassCounts rest{counts.known, counts.negatives(), counts.known - counts.predicted,
                                counts.true_negatives()};
    const sdk::ClassCounts both[] = {rest, counts};
    return correlation(covariances_of(both, static_cast<double>(counts.known)));
  }

 private:
  static std::vector<std::string> names_by_class(const DatasetInfo& dataset) {
    if (dataset.labels == LabelKind::multilabel) return {"mcc"};
    return {};
  }
};

class MccMetric final : public Metric {
 public:
  explicit MccMetric(const Options& options) : threshold_(sdk::threshold_option(options, "mcc")) {}

  void check(const DatasetInfo& dataset) const override { sdk::check_classification(dataset, "mcc"); }

  std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const override {
    check(input.dataset);
    for (const Scored& each : input.scored) sdk::check_sample(input.dataset, each);
    return std::make_unique<PreparedMcc>(input.dataset, input.scored, threshold_);
  }

 private:
  double threshold_;
};

}  // namespace
}  // namespace medvlm::metrics

MEDVLM_PLUGIN(medvlm::Metric, medvlm::metrics::MccMetric)
