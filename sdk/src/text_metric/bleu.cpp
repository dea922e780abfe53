#include "medvlm/sdk/text_metric/bleu.hpp"

#include <cmath>

#include "medvlm/sdk/text_metric/ngrams.hpp"

namespace medvlm::sdk {

BleuCounts bleu_counts(std::span<const std::string> predicted, std::span<const std::string> reference) {
  BleuCounts counts;
  counts.predicted_words = static_cast<double>(predicted.size());
  counts.reference_words = static_cast<double>(reference.size());
  PairedNgrams grams(predicted, reference);
  for (std::size_t n = 0; n < BleuCounts::kOrders && grams.predicted() > 0; ++n) {
    counts.matches[n] = static_cast<double>(grams.matches());
    counts.predicted[n] = static_cast<double>(grams.predicted());
    grams.grow();
  }
  return counts;
}

double bleu(const BleuCounts& counts, std::size_t order) {
  double logarithm = 0;
  for (std::size_t n = 0; n < order; ++n) {
    if (counts.matches[n] <= 0) return 0;
    logarithm += std::log(counts.matches[n] / counts.predicted[n]);
  }
  logarithm /= static_cast<double>(order);
  if (counts.predicted_words < counts.reference_words) logarithm += 1 - counts.reference_words / counts.predicted_words;
  return std::exp(logarithm);
}

}  // namespace medvlm::sdk
