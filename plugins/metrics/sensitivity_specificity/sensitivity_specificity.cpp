// The metric plugin `sensitivity_specificity`.
#include <cmath>
#include <limits>
#include <map>

#include "medvlm/sdk/metric/classification.hpp"
#include "medvlm/sdk/metric/counted_metric.hpp"
#include "medvlm/sdk/plugin.hpp"
#include "threshold_rule.hpp"

namespace medvlm::metrics {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kId = "sensitivity_specificity";

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? kNan : static_cast<double>(part) / static_cast<double>(whole);
}

/// How thresholds are fixed, from the options.
struct Settings {
  Rule rule = Rule::youden;
  double target = 0;
  double threshold = 0;  ///< for Rule::fixed
};

/// A threshold for each column of the dataset, NaN where there is none, and why.
struct Thresholds {
  std::vector<double> values;
  std::vector<std::string> reasons;
};

class Prepared final : public sdk::CountedMetric {
 public:
  Prepared(const DatasetInfo& dataset, std::span<const Scored> scored, Thresholds thresholds)
      : CountedMetric(kId, dataset, {dataset, scored, thresholds.values}, names(dataset),
                      {"sensitivity", "specificity", "threshold"}),
        thresholds_(std::move(thresholds)) {}

 protected:
  double overall(std::size_t which, const Counts& counts) const override {
    if (decisions().exclusive()) return one(which, counts[1], 0);
    double sum = 0;
    int defined = 0;
    for (std::size_t c = 0; c < counts.size(); ++c) {
      const double value = one(which, counts[c], c);
      if (std::isnan(value)) continue;
      sum += value;
      ++defined;
    }
    return defined == 0 ? kNan : sum / defined;
  }

  double of_class(std::size_t which, const sdk::ClassCounts& counts, std::size_t column) const override {
    return one(which, counts, column);
  }

  std::string overall_reason(std::size_t which, const Counts& counts) const override {
    if (!any_threshold()) return thresholds_.reasons.front();
    if (decisions().exclusive()) return lacking(which, counts[1], 1);
    return which == 0 ? "no label has a positive sample and a threshold" : "no label has a negative sample and a threshold";
  }

  std::string class_reason(std::size_t which, const sdk::ClassCounts& counts, std::size_t column) const override {
    if (std::isnan(thresholds_.values[column])) return thresholds_.reasons[column];
    return lacking(which, counts, column);
  }

 private:
  static std::vector<std::string> names(const DatasetInfo& dataset) {
    if (dataset.labels == LabelKind::binary) return {"sensitivity", "specificity", "threshold"};
    return {"sensitivity", "specificity"};
  }

  bool any_threshold() const {
    return std::any_of(thresholds_.values.begin(), thresholds_.values.end(), [](double each) { return !std::isnan(each); });
  }

  double one(std::size_t which, const sdk::ClassCounts& counts, std::size_t place) const {
    const double threshold = thresholds_.values[place];
    if (which == 2 || std::isnan(threshold)) return threshold;
    return which == 0 ? share(counts.right, counts.truth) : share(counts.true_negatives(), counts.negatives());
  }

  std::string lacking(std::size_t which, const sdk::ClassCounts& counts, std::size_t column) const {
    const std::string name = "'" + dataset().classes[column].name + "'";
    const std::string number = std::to_string(counts.known);
    return which == 0 ? "none of the " + number + " scored samples is " + name
                      : "all " + number + " scored samples are " + name;
  }

  Thresholds thresholds_;
};

Settings settings_from(const Options& options) {
  static const std::map<std::string, Rule> rules{{"youden", Rule::youden},
                                                 {"sensitivity", Rule::sensitivity},
                                                 {"specificity", Rule::specificity},
                                                 {"fixed", Rule::fixed}};
  const std::string& name = options.text("rule");
  const auto found = rules.find(name);
  if (found == rules.end()) {
    throw Error(ErrorCode::config, std::string("metric '") + kId + "': rule = \"" + name + "\"" +
                                       suggestion(name, {"youden", "sensitivity", "specificity", "fixed"}));
  }
  const double target = options.number("target");
  if (!(target >= 0 && target <= 1)) {
    throw Error(ErrorCode::config, std::string("metric '") + kId + "': target must lie between 0 and 1, e.g. 0.9");
  }
  return {found->second, target, sdk::threshold_option(options, kId)};
}

class SensitivitySpecificityMetric final : public Metric {
 public:
  explicit SensitivitySpecificityMetric(const Options& options) : settings_(settings_from(options)) {}

  void check(const DatasetInfo& dataset) const override {
    sdk::check_classification(dataset, kId);
    if (dataset.labels != LabelKind::multiclass) return;
    throw Error(ErrorCode::config, std::string("metric '") + kId + "' is for binary and multi-label datasets; '" +
                                       dataset.name + "' is multiclass: use 'balanced_accuracy' or 'f1', which tell the " +
                                       "recall of each class");
  }

  bool needs_train_predictions() const override { return settings_.rule != Rule::fixed; }

  std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const override {
    check(input.dataset);
    for (const Scored& each : input.scored) sdk::check_sample(input.dataset, each);
    for (const Scored& each : input.train) sdk::check_sample(input.dataset, each);
    return std::make_unique<Prepared>(input.dataset, input.scored, thresholds(input.dataset, input.train));
  }

 private:
  Thresholds thresholds(const DatasetInfo& dataset, std::span<const Scored> train) const {
    Thresholds thresholds;
    for (const std::size_t column : sdk::columns_of(dataset)) {
      const auto threshold = settings_.rule == Rule::fixed
                                 ? std::optional(settings_.threshold)
                                 : find_threshold(sdk::items_of(dataset, train, column), settings_.rule, settings_.target);
      thresholds.values.push_back(threshold.value_or(kNan));
      thresholds.reasons.push_back(threshold ? "" : missing(dataset.classes[column].name, train.empty()));
    }
    return thresholds;
  }

  std::string missing(const std::string& name, bool no_train) const {
    if (no_train) {
      return "no sample of the train split has a prediction to fix the threshold on; use rule = \"fixed\" where a dataset "
             "has no train split";
    }
    const std::string needed = settings_.rule == Rule::youden        ? "with and without"
                               : settings_.rule == Rule::sensitivity ? "with"
                                                                     : "without";
    return "the threshold cannot be fixed: the train split lacks samples " + needed + " '" + name + "'";
  }

  Settings settings_;
};

}  // namespace
}  // namespace medvlm::metrics

MEDVLM_PLUGIN(medvlm::Metric, medvlm::metrics::SensitivitySpecificityMetric)
