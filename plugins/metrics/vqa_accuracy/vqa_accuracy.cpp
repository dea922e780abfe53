// The metric plugin `vqa_accuracy`.
#include <array>

#include "medvlm/sdk/plugin.hpp"
#include "medvlm/sdk/text/unicode.hpp"
#include "medvlm/sdk/text_metric/answer_text.hpp"
#include "medvlm/sdk/text_metric/grouped_metric.hpp"
#include "medvlm/sdk/text_metric/overlap.hpp"
#include "medvlm/sdk/text_metric/tokens.hpp"

namespace medvlm::metrics {
namespace {

using Words = std::vector<std::string>;

bool equal_as_written(const std::string& answer, const std::string& reference) {
  return sdk::stripped(sdk::lower_cased(answer)) == sdk::stripped(sdk::lower_cased(reference));
}

class VqaAccuracyMetric final : public Metric {
 public:
  explicit VqaAccuracyMetric(const Options& options) : open_recall_(options.number("open_recall")) {}

  void check(const DatasetInfo& dataset) const override { sdk::check_answers(dataset, "vqa_accuracy"); }

  std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const override {
    check(input.dataset);
    const std::vector<sdk::GroupedValue> values{{"accuracy"}};
    auto prepared = std::make_unique<sdk::GroupedMetric>("vqa_accuracy", values);
    for (const Scored& each : input.scored) {
      prepared->add(each.sample->open, std::array{is_right(*each.sample, each.prediction->text) ? 1.0 : 0.0});
    }
    return prepared;
  }

 private:
  bool is_right(const Sample& sample, const std::string& answer) const {
    const Words reference = sdk::answer_words(sample.answer);
    if (reference.empty()) return equal_as_written(answer, sample.answer);
    if (sample.open) return sdk::word_overlap(sdk::answer_words(answer), reference).recall >= open_recall_;
    return sdk::is_right_closed(answer, reference);
  }

  double open_recall_;
};

}  // namespace
}  // namespace medvlm::metrics

MEDVLM_PLUGIN(medvlm::Metric, medvlm::metrics::VqaAccuracyMetric)
