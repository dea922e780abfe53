// The metric plugin `bleu`.
#include <array>

#include "medvlm/sdk/plugin.hpp"
#include "medvlm/sdk/text_metric/answer_text.hpp"
#include "medvlm/sdk/text_metric/bleu.hpp"
#include "medvlm/sdk/text_metric/grouped_metric.hpp"
#include "medvlm/sdk/text_metric/tokens.hpp"

namespace medvlm::metrics {
namespace {

constexpr std::size_t kOrders = sdk::BleuCounts::kOrders;

/// What is added up over questions: the counts of the corpus, then what is averaged.
enum Column : std::size_t {
  matches = 0,
  predicted = matches + kOrders,
  predicted_words = predicted + kOrders,
  reference_words,
  sentence,
  unigram_precision = sentence + kOrders,
  columns
};

std::vector<sdk::GroupedValue> bleu_values() {
  std::vector<sdk::GroupedValue> values;
  for (const char* prefix : {"bleu", "sentence_bleu"}) {
    for (std::size_t n = 1; n <= kOrders; ++n) values.push_back({prefix + std::to_string(n)});
  }
  values.push_back({"unigram_precision"});
  return values;
}

class PreparedBleu final : public sdk::GroupedMetric {
 public:
  PreparedBleu() : GroupedMetric("bleu", bleu_values(), columns) {}

  void add_answer(bool open, const sdk::BleuCounts& counts) {
    std::array<double, columns> row{};
    for (std::size_t n = 0; n < kOrders; ++n) {
      row[matches + n] = counts.matches[n];
      row[predicted + n] = counts.predicted[n];
      row[sentence + n] = sdk::bleu(counts, n + 1);
    }
    row[predicted_words] = counts.predicted_words;
    row[reference_words] = counts.reference_words;
    row[unigram_precision] = counts.unigram_precision();
    add(open, row);
  }

 protected:
  void from_sums(std::span<const double> sums, double questions, std::span<double> out) const override {
    sdk::BleuCounts corpus;
    for (std::size_t n = 0; n < kOrders; ++n) {
      corpus.matches[n] = sums[matches + n];
      corpus.predicted[n] = sums[predicted + n];
    }
    corpus.predicted_words = sums[predicted_words];
    corpus.reference_words = sums[reference_words];
    for (std::size_t n = 0; n < kOrders; ++n) {
      out[n] = sdk::bleu(corpus, n + 1);
      out[kOrders + n] = sums[sentence + n] / questions;
    }
    out[2 * kOrders] = sums[unigram_precision] / questions;
  }
};

class BleuMetric final : public Metric {
 public:
  explicit BleuMetric(const Options& options) : raw_(options.text("tokens") == "13a") {}

  void check(const DatasetInfo& dataset) const override { sdk::check_answers(dataset, "bleu"); }

  std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const override {
    check(input.dataset);
    auto prepared = std::make_unique<PreparedBleu>();
    for (const Scored& each : input.scored) {
      const auto reference = words(each.sample->answer);
      prepared->add_answer(each.sample->open, sdk::bleu_counts(words(each.prediction->text), reference));
    }
    return prepared;
  }

 private:
  std::vector<std::string> words(const std::string& text) const {
    return raw_ ? sdk::tokens_13a(text) : sdk::answer_words(text);
  }

  bool raw_;
};

}  // namespace
}  // namespace medvlm::metrics

MEDVLM_PLUGIN(medvlm::Metric, medvlm::metrics::BleuMetric)
