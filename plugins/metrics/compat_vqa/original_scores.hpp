// What the original benchmark computes for one answer, its quirks kept.
#pragma once

#include <span>
#include <string>

namespace medvlm::metrics {

/// Scores of words; `recall` and `f1` grow when a right word is repeated.
struct OriginalOverlap {
  double exact_match = 0;  ///< distinct words of the reference found in the answer, divided by the answer's words
  double precision = 0;
  double recall = 0;
  double f1 = 0;
};

/// Of normalised words.
OriginalOverlap original_overlap(std::span<const std::string> answer, std::span<const std::string> reference);

/// Its accuracy of open questions.
bool original_open_right(const OriginalOverlap& overlap);

/// Its accuracy of closed questions, of raw texts: the reference is a substring of the answer, both in lower case.
bool original_closed_right(const std::string& answer, const std::string& reference);

}  // namespace medvlm::metrics
