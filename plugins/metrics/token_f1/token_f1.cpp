// The metric plugin `token_f1`.
#include <array>

#include "medvlm/sdk/plugin.hpp"
#include "medvlm/sdk/text_metric/answer_text.hpp"
#include "medvlm/sdk/text_metric/grouped_metric.hpp"
#include "medvlm/sdk/text_metric/overlap.hpp"

namespace medvlm::metrics {
namespace {

class TokenF1Metric final : public Metric {
 public:
  explicit TokenF1Metric(const Options&) {}

  void check(const DatasetInfo& dataset) const override { sdk::check_answers(dataset, "token_f1"); }

  std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const override {
    check(input.dataset);
    const std::vector<sdk::GroupedValue> values{{"token_f1"}, {"token_precision"}, {"token_recall"}};
    auto prepared = std::make_unique<sdk::GroupedMetric>("token_f1", values);
    for (const Scored& each : input.scored) {
      const sdk::Overlap overlap =
          sdk::word_overlap(sdk::answer_words(each.prediction->text), sdk::answer_words(each.sample->answer));
      prepared->add(each.sample->open, std::array{overlap.f, overlap.precision, overlap.recall});
    }
    return prepared;
  }
};

}  // namespace
}  // namespace medvlm::metrics

MEDVLM_PLUGIN(medvlm::Metric, medvlm::metrics::TokenF1Metric)
