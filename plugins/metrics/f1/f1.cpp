// The metric plugin `f1`.
#include <limits>
#include <map>

#include "averages.hpp"
#include "medvlm/sdk/metric/classification.hpp"
#include "medvlm/sdk/metric/counted_metric.hpp"
#include "medvlm/sdk/plugin.hpp"

namespace medvlm::metrics {
namespace {

double pick(const Scores& scores, std::size_t which) {
  return which == 0 ? scores.f1 : which == 1 ? scores.precision : scores.recall;
}

/// The scores of each sample over its labels, for the average `samples`.
class SampleScores {
 public:
  SampleScores(const DatasetInfo& dataset, std::span<const Scored> scored, double threshold) {
    for (const Scored& each : scored) {
      sdk::ClassCounts counts;
      for (std::size_t c = 0; c < dataset.classes.size(); ++c) {
        const std::int8_t label = each.sample->labels[c];
        if (label < 0) continue;
        const bool predicted = each.prediction->scores[c] > threshold;
        counts.known += 1;
        counts.truth += label == 1 ? 1 : 0;
        counts.predicted += predicted ? 1 : 0;
        counts.right += predicted && label == 1 ? 1 : 0;
      }
      scores_.push_back(scores_of(counts));
      known_.push_back(counts.known > 0);
    }
  }

  double mean(std::span<const std::uint32_t> multiplicity, std::size_t which) const {
    double sum = 0;
    double count = 0;
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      if (!known_[i]) continue;
      sum += multiplicity[i] * pick(scores_[i], which);
      count += multiplicity[i];
    }
    return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / count;
  }

 private:
  std::vector<Scores> scores_;
  std::vector<bool> known_;
};

class PreparedF1 final : public sdk::CountedMetric {
 public:
  PreparedF1(const DatasetInfo& dataset, std::span<const Scored> scored, Average average, double threshold)
      : CountedMetric("f1", dataset, {dataset, scored, {threshold}}, {"f1", "precision", "recall"},
                      {"f1", "precision", "recall"}),
        average_(average) {
    if (average == Average::samples) by_sample_.emplace(dataset, scored, threshold);
  }

  void evaluate(std::span<const std::uint32_t> multiplicity, std::span<double> out) const override {
    CountedMetric::evaluate(multiplicity, out);
    for (std::size_t which = 0; by_sample_ && which < 3; ++which) out[which] = by_sample_->mean(multiplicity, which);
  }

 protected:
  double overall(std::size_t which, const Counts& counts) const override {
    if (by_sample_) return 0;  // evaluate() replaces it
    return pick(average_of(average_, counts, decisions().exclusive()), which);
  }

  double of_class(std::size_t which, const sdk::ClassCounts& counts, std::size_t) const override {
    return counts.known == 0 ? std::numeric_limits<double>::quiet_NaN() : pick(scores_of(counts), which);
  }

 private:
  Average average_;
  std::optional<SampleScores> by_sample_;
};

/// Null: auto.
std::optional<Average> average_from(const Options& options) {
  static const std::map<std::string, std::optional<Average>> known{
      {"auto", std::nullopt},          {"binary", Average::binary},     {"macro", Average::macro},
      {"macro_all", Average::macro_all}, {"micro", Average::micro},     {"weighted", Average::weighted},
      {"samples", Average::samples}};
  const std::string& name = options.text("average");
  const auto found = known.find(name);
  if (found != known.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [each, unused] : known) names.push_back(each);
  throw Error(ErrorCode::config, "metric 'f1': average = \"" + name + "\"" + suggestion(name, names));
}

class F1Metric final : public Metric {
 public:
  explicit F1Metric(const Options& options)
      : average_(average_from(options)), threshold_(sdk::threshold_option(options, "f1")) {}

  void check(const DatasetInfo& dataset) const override {
    sdk::check_classification(dataset, "f1");
    if (average_ == Average::binary && dataset.labels != LabelKind::binary) refuse(dataset, "binary", "binary");
    if (average_ == Average::samples && dataset.labels != LabelKind::multilabel) refuse(dataset, "samples", "multi-label");
  }

  std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const override {
    check(input.dataset);
    for (const Scored& each : input.scored) sdk::check_sample(input.dataset, each);
    const bool binary = input.dataset.labels == LabelKind::binary;
    return std::make_unique<PreparedF1>(input.dataset, input.scored,
                                        average_.value_or(binary ? Average::binary : Average::macro), threshold_);
  }

 private:
  [[noreturn]] static void refuse(const DatasetInfo& dataset, const std::string& average, const std::string& kind) {
    throw Error(ErrorCode::config, "metric 'f1': average = \"" + average + "\" is for " + kind + " datasets; '" +
                                       dataset.name + "' is " + std::string(to_string(dataset.labels)) +
                                       ": use \"auto\"");
  }

  std::optional<Average> average_;
  double threshold_;
};

}  // namespace
}  // namespace medvlm::metrics

MEDVLM_PLUGIN(medvlm::Metric, medvlm::metrics::F1Metric)
