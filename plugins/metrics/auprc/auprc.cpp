// The metric plugin `auprc`.
#include <limits>
#include <map>
#include <optional>

#include "medvlm/sdk/metric/classification.hpp"
#include "medvlm/sdk/metric/counted_metric.hpp"
#include "medvlm/sdk/plugin.hpp"
#include "precision_recall.hpp"

namespace medvlm::metrics {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

enum class Average { macro, weighted, micro };

struct Settings {
  Average average = Average::macro;
  bool zero_without_positives = true;
};

/// Values: "auprc"; for multi-class and multi-label also "auprc[<class>]" for each class.
class PreparedAuprc final : public PreparedMetric {
 public:
  PreparedAuprc(const DatasetInfo& dataset, std::span<const Scored> scored, Settings settings)
      : dataset_(dataset), samples_(scored.size()), settings_(settings), values_{{"auprc", true}} {
    for (const std::size_t column : sdk::columns_of(dataset)) {
      classes_.emplace_back(sdk::items_of(dataset, scored, column));
      if (dataset.labels != LabelKind::binary) values_.push_back({"auprc[" + dataset.classes[column].name + "]", true});
    }
    if (settings.average == Average::micro) pooled_.emplace(sdk::pooled_items(dataset, scored));
  }

  const std::vector<MetricValue>& values() const override { return values_; }

  void evaluate(std::span<const std::uint32_t> multiplicity, std::span<double> out) const override {
    sdk::check_spans("auprc", samples_, values_.size(), multiplicity, out);
    std::vector<PrecisionRecall::Result> results;
    for (const PrecisionRecall& each : classes_) results.push_back(each.evaluate(multiplicity));
    if (values_.size() == 1) {
      out[0] = value_of(results[0]);
      return;
    }
    for (std::size_t c = 0; c < results.size(); ++c) out[c + 1] = value_of(results[c]);
    out[0] = pooled_ ? value_of(pooled_->evaluate(multiplicity)) : mean_of(results);
  }

  std::string undefined_reason(std::size_t index) const override {
    if (index >= values_.size()) return "";
    if (samples_ == 0) return "no sample was scored";
    const std::vector<std::uint32_t> once(samples_, 1U);
    std::vector<double> full(values_.size());
    evaluate(once, full);
    if (!std::isnan(full[index])) return "";
    if (index == 0 && values_.size() > 1) return "no class has a positive sample";
    const std::size_t column = values_.size() == 1 ? 1 : index - 1;
    const auto result = classes_[values_.size() == 1 ? 0 : column].evaluate(once);
    const std::string name = "'" + dataset_.classes[column].name + "'";
    if (result.total == 0) return "no scored sample has a known label for " + name;
    return "none of the " + std::to_string(result.total) + " scored samples is " + name;
  }

 private:
  double value_of(const PrecisionRecall::Result& result) const {
    if (result.positives == 0 && result.total > 0 && settings_.zero_without_positives) return 0;
    return result.average_precision;
  }

  double mean_of(const std::vector<PrecisionRecall::Result>& results) const {
    double sum = 0;
    double weights = 0;
    bool known = false;
    for (const auto& result : results) {
      const double value = value_of(result);
      if (std::isnan(value)) continue;
      known = true;
      const double weight = settings_.average == Average::weighted ? static_cast<double>(result.positives) : 1;
      sum += weight * value;
      weights += weight;
    }
    if (weights > 0) return sum / weights;
    return known ? 0 : kNan;  // scikit-learn's mean with no positive anywhere
  }

  DatasetInfo dataset_;
  std::size_t samples_;
  Settings settings_;
  std::vector<MetricValue> values_;
  std::vector<PrecisionRecall> classes_;  // binary: only that of class 1
  std::optional<PrecisionRecall> pooled_;
};

Settings settings_from(const Options& options) {
  static const std::map<std::string, Average> averages{
      {"macro", Average::macro}, {"weighted", Average::weighted}, {"micro", Average::micro}};
  const auto average = averages.find(options.text("average"));
  if (average == averages.end()) {
    throw Error(ErrorCode::config, "metric 'auprc': average = \"" + options.text("average") + "\"" +
                                       suggestion(options.text("average"), {"macro", "weighted", "micro"}));
  }
  const std::string& without = options.text("no_positives");
  if (without != "zero" && without != "undefined") {
    throw Error(ErrorCode::config,
                "metric 'auprc': no_positives = \"" + without + "\"" + suggestion(without, {"zero", "undefined"}));
  }
  return {average->second, without == "zero"};
}

class AuprcMetric final : public Metric {
 public:
  explicit AuprcMetric(const Options& options) : settings_(settings_from(options)) {}

  void check(const DatasetInfo& dataset) const override { sdk::check_classification(dataset, "auprc"); }

  std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const override {
    check(input.dataset);
    // An item's code has 32 bits, two of which are the truth and the end of its score.
    if (input.scored.size() > std::numeric_limits<std::uint32_t>::max() / 4) {
      throw Error(ErrorCode::data, "metric 'auprc': " + std::to_string(input.scored.size()) + " samples are too many");
    }
    for (const Scored& each : input.scored) sdk::check_sample(input.dataset, each);
    return std::make_unique<PreparedAuprc>(input.dataset, input.scored, settings_);
  }

 private:
  Settings settings_;
};

}  // namespace
}  // namespace medvlm::metrics

MEDVLM_PLUGIN(medvlm::Metric, medvlm::metrics::AuprcMetric)
