#include "original_scores.hpp"

#include <cstddef>
#include <set>
#include <string_view>

#include "medvlm/sdk/text_metric/tokens.hpp"

namespace medvlm::metrics {
namespace {

using WordSet = std::set<std::string_view>;

double count_shared(std::span<const std::string> words, const WordSet& others) {
  double count = 0;
  for (const std::string& word : words) count += others.contains(word) ? 1 : 0;
  return count;
}

}  // namespace

OriginalOverlap original_overlap(std::span<const std::string> answer, std::span<const std::string> reference) {
  OriginalOverlap overlap;
  if (answer.empty()) return overlap;
  const WordSet in_answer(answer.begin(), answer.end());
  const WordSet in_reference(reference.begin(), reference.end());
  const auto words = static_cast<double>(answer.size());
  double distinct = 0;
  for (const std::string_view word : in_reference) distinct += in_answer.contains(word) ? 1 : 0;
  overlap.exact_match = distinct / words;

  const double shared = count_shared(answer, in_reference);  // occurrences in the answer, also for the recall
  if (shared == 0) return overlap;
  const double missed = static_cast<double>(reference.size()) - count_shared(reference, in_answer);
  overlap.precision = shared / words;
  overlap.recall = shared / (shared + missed);
  overlap.f1 = 2 * overlap.precision * overlap.recall / (overlap.precision + overlap.recall);
  return overlap;
}

bool original_open_right(const OriginalOverlap& overlap) { return overlap.recall >= 0.75; }

bool original_closed_right(const std::string& answer, const std::string& reference) {
  return sdk::lower_cased(answer).find(sdk::lower_cased(reference)) != std::string::npos;
}

}  // namespace medvlm::metrics
