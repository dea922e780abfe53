// The metric plugin `compat_vqa`.
#include <array>

#include "medvlm/sdk/plugin.hpp"
#include "medvlm/sdk/text_metric/answer_text.hpp"
#include "medvlm/sdk/text_metric/bleu.hpp"
#include "medvlm/sdk/text_metric/grouped_metric.hpp"
#include "medvlm/sdk/text_metric/rouge.hpp"
#include "medvlm/sdk/text_metric/tokens.hpp"
#include "original_scores.hpp"

namespace medvlm::metrics {
namespace {

std::vector<sdk::GroupedValue> compat_values() {
  std::vector<sdk::GroupedValue> values;
  const std::string prefix = "compat.";
  for (const char* name : {"exact_match", "precision", "recall", "f1"}) values.push_back({prefix + name});
  values.push_back({prefix + "accuracy", false, true, true});  // the original has none over all questions
  for (const char* name : {"bleu1", "bleu2", "bleu3", "bleu4", "rouge1", "rouge2", "rougeL", "rougeL_recall"}) {
    values.push_back({prefix + name});
  }
  return values;
}

/// The original's ROUGE is a double that was rounded once.
double as_single(double value) { return static_cast<float>(value); }

class CompatVqaMetric final : public Metric {
 public:
  explicit CompatVqaMetric(const Options&) {}

  void check(const DatasetInfo& dataset) const override { sdk::check_answers(dataset, "compat_vqa"); }

  std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const override {
    check(input.dataset);
    auto prepared = std::make_unique<sdk::GroupedMetric>("compat_vqa", compat_values());
    for (const Scored& each : input.scored) add(*prepared, *each.sample, each.prediction->text);
    return prepared;
  }

 private:
  static void add(sdk::GroupedMetric& prepared, const Sample& sample, const std::string& answer) {
    const auto words = sdk::answer_words(answer);
    const auto reference = sdk::answer_words(sample.answer);
    const OriginalOverlap overlap = original_overlap(words, reference);
    const bool right = sample.open ? original_open_right(overlap) : original_closed_right(answer, sample.answer);
    const sdk::BleuCounts counts = sdk::bleu_counts(words, reference);
    const sdk::Rouge rouge = sdk::rouge(sdk::rouge_tokens(sdk::normalised_answer(answer)),
                                        sdk::rouge_tokens(sdk::normalised_answer(sample.answer)));
    prepared.add(sample.open,
                 std::array{overlap.exact_match, overlap.precision, overlap.recall, overlap.f1, right ? 1.0 : 0.0,
                            sdk::bleu(counts, 1), sdk::bleu(counts, 2), sdk::bleu(counts, 3), sdk::bleu(counts, 4),
                            as_single(rouge.one.f), as_single(rouge.two.f), as_single(rouge.l.f),
                            as_single(rouge.l.recall)});
  }
};

}  // namespace
}  // namespace medvlm::metrics

MEDVLM_PLUGIN(medvlm::Metric, medvlm::metrics::CompatVqaMetric)
