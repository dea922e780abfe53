#include "medvlm/sdk/text_metric/overlap.hpp"

#include "medvlm/sdk/text_metric/ngrams.hpp"

namespace medvlm::sdk {

Overlap overlap_of(std::size_t shared, std::size_t predicted, std::size_t reference) {
  if (shared == 0 || predicted == 0 || reference == 0) return {};
  const double precision = static_cast<double>(shared) / static_cast<double>(predicted);
  const double recall = static_cast<double>(shared) / static_cast<double>(reference);
  return {precision, recall, 2 * precision * recall / (precision + recall)};
}

Overlap word_overlap(std::span<const std::string> predicted, std::span<const std::string> reference) {
  if (predicted.empty() && reference.empty()) return {1, 1, 1};
  const PairedNgrams words(predicted, reference);
  return overlap_of(words.matches(), words.predicted(), words.reference());
}

}  // namespace medvlm::sdk
