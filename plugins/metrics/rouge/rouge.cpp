// The metric plugin `rouge`.
#include <array>

#include "medvlm/sdk/plugin.hpp"
#include "medvlm/sdk/text_metric/answer_text.hpp"
#include "medvlm/sdk/text_metric/grouped_metric.hpp"
#include "medvlm/sdk/text_metric/rouge.hpp"
#include "medvlm/sdk/text_metric/tokens.hpp"

namespace medvlm::metrics {
namespace {

std::vector<sdk::GroupedValue> rouge_values() {
  std::vector<sdk::GroupedValue> values;
  for (const std::string name : {"rougeL", "rouge1", "rouge2"}) {
    for (const char* part : {"", "_precision", "_recall"}) values.push_back({name + part});
  }
  return values;
}

class RougeMetric final : public Metric {
 public:
  explicit RougeMetric(const Options& options) : raw_(options.text("text") == "raw"), stem_(options.flag("stem")) {}

  void check(const DatasetInfo& dataset) const override { sdk::check_answers(dataset, "rouge"); }

  std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const override {
    check(input.dataset);
    auto prepared = std::make_unique<sdk::GroupedMetric>("rouge", rouge_values());
    for (const Scored& each : input.scored) {
      const sdk::Rouge scores = sdk::rouge(tokens(each.prediction->text), tokens(each.sample->answer));
      prepared->add(each.sample->open,
                    std::array{scores.l.f, scores.l.precision, scores.l.recall, scores.one.f, scores.one.precision,
                               scores.one.recall, scores.two.f, scores.two.precision, scores.two.recall});
    }
    return prepared;
  }

 private:
  std::vector<std::string> tokens(const std::string& text) const {
    return sdk::rouge_tokens(raw_ ? text : sdk::normalised_answer(text), stem_);
  }

  bool raw_;
  bool stem_;
};

}  // namespace
}  // namespace medvlm::metrics

MEDVLM_PLUGIN(medvlm::Metric, medvlm::metrics::RougeMetric)
