// The metric plugin `brier`.
#include <limits>
#include <string>
#include <vector>

#include "medvlm/sdk/metric/counted_metric.hpp"
#include "medvlm/sdk/metric/one_vs_rest.hpp"
#include "medvlm/sdk/metric/probabilities.hpp"
#include "medvlm/sdk/plugin.hpp"

namespace medvlm::metrics {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double squared(double value) { return value * value; }

/// Squared errors of some samples.
class Losses {
 public:
  void add(std::uint32_t sample, double loss) {
    samples_.push_back(sample);
    losses_.push_back(loss);
  }

  bool empty() const { return samples_.empty(); }

  /// One per sample of the set; NaN for those that are not in here.
  std::vector<double> by_sample(std::size_t samples) const {
    std::vector<double> values(samples, kNan);
    for (std::size_t i = 0; i < samples_.size(); ++i) values[samples_[i]] = losses_[i];
    return values;
  }

  double mean(std::span<const std::uint32_t> multiplicity) const {
    double sum = 0;
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      const std::uint32_t drawn = multiplicity[samples_[i]];
      sum += drawn * losses_[i];
      count += drawn;
    }
    return count == 0 ? kNan : sum / static_cast<double>(count);
  }

 private:
  std::vector<std::uint32_t> samples_;
  std::vector<double> losses_;
};

Losses losses_of(std::span<const sdk::ScoredItem> items) {
  Losses losses;
  for (const auto& item : items) {
    losses.add(item.sample, squared(sdk::probability(item.score) - (item.positive ? 1 : 0)));
  }
  return losses;
}

/// Over all classes of each sample.
Losses summed_losses(const DatasetInfo& dataset, std::span<const Scored> scored) {
  Losses losses;
  for (std::size_t i = 0; i < scored.size(); ++i) {
    double sum = 0;
    for (std::size_t c = 0; c < dataset.classes.size(); ++c) {
      const bool positive = static_cast<std::size_t>(scored[i].sample->label) == c;
      sum += squared(sdk::probability(scored[i].prediction->scores[c]) - (positive ? 1 : 0));
    }
    losses.add(static_cast<std::uint32_t>(i), sum);
  }
  return losses;
}

/// Values: "brier"; for multi-label also "brier[<class>]".
class PreparedBrier final : public PreparedMetric {
 public:
  PreparedBrier(const DatasetInfo& dataset, std::span<const Scored> scored)
      : dataset_(dataset), samples_(scored.size()), values_{{"brier", false}} {
    if (dataset.labels == LabelKind::multiclass) {
      columns_.push_back(summed_losses(dataset, scored));
      return;
    }
    for (const std::size_t column : sdk::columns_of(dataset)) {
      columns_.push_back(losses_of(sdk::items_of(dataset, scored, column)));
      if (dataset.labels == LabelKind::multilabel) {
        values_.push_back({"brier[" + dataset.classes[column].name + "]", false});
      }
    }
  }

  const std::vector<MetricValue>& values() const override { return values_; }

  void evaluate(std::span<const std::uint32_t> multiplicity, std::span<double> out) const override {
    sdk::check_spans("brier", samples_, values_.size(), multiplicity, out);
    double sum = 0;
    int defined = 0;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      const double mean = columns_[column].mean(multiplicity);
      if (column + 1 < out.size()) out[column + 1] = mean;
      if (std::isnan(mean)) continue;
      sum += mean;
      ++defined;
    }
    out[0] = defined == 0 ? kNan : sum / defined;
  }

  /// A mean over classes is no mean over samples.
  std::vector<double> sample_values() const override {
    return columns_.size() == 1 ? columns_.front().by_sample(samples_) : std::vector<double>{};
  }

  std::string undefined_reason(std::size_t index) const override {
    if (index >= values_.size()) return "";
    if (samples_ == 0) return "no sample was scored";
    if (index > 0 && columns_[index - 1].empty()) {
      return "no scored sample has a known label for '" + dataset_.classes[index - 1].name + "'";
    }
    const bool nothing = std::all_of(columns_.begin(), columns_.end(), [](const Losses& each) { return each.empty(); });
    return nothing ? "no scored sample has a known label" : "";
  }

 private:
  DatasetInfo dataset_;
  std::size_t samples_;
  std::vector<MetricValue> values_;
  std::vector<Losses> columns_;
};

class BrierMetric final : public Metric {
 public:
  explicit BrierMetric(const Options&) {}

  void check(const DatasetInfo& dataset) const override { sdk::check_classification(dataset, "brier"); }

  std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const override {
    check(input.dataset);
    for (const Scored& each : input.scored) sdk::check_probabilities(input.dataset, each, "brier");
    return std::make_unique<PreparedBrier>(input.dataset, input.scored);
  }
};

}  // namespace
}  // namespace medvlm::metrics

MEDVLM_PLUGIN(medvlm::Metric, medvlm::metrics::BrierMetric)
