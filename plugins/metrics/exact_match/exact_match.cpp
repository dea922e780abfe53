// The metric plugin `exact_match`.
#include <array>

#include "medvlm/sdk/plugin.hpp"
#include "medvlm/sdk/text_metric/answer_text.hpp"
#include "medvlm/sdk/text_metric/grouped_metric.hpp"

namespace medvlm::metrics {
namespace {

class ExactMatchMetric final : public Metric {
 public:
  explicit ExactMatchMetric(const Options& options) : plain_(options.text("normaliser") == "plain") {}

  void check(const DatasetInfo& dataset) const override { sdk::check_answers(dataset, "exact_match"); }

  std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const override {
    check(input.dataset);
    const std::vector<sdk::GroupedValue> values{{"exact_match"}};
    auto prepared = std::make_unique<sdk::GroupedMetric>("exact_match", values);
    for (const Scored& each : input.scored) {
      const bool equal = normalised(each.prediction->text) == normalised(each.sample->answer);
      prepared->add(each.sample->open, std::array{equal ? 1.0 : 0.0});
    }
    return prepared;
  }

 private:
  std::string normalised(const std::string& text) const {
    return plain_ ? sdk::plain_answer(text) : sdk::normalised_answer(text);
  }

  bool plain_;
};

}  // namespace
}  // namespace medvlm::metrics

MEDVLM_PLUGIN(medvlm::Metric, medvlm::metrics::ExactMatchMetric)
