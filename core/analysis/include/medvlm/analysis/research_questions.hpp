// The paper's three questions as gaps per family and dataset (definitions: docs/analysis.md; MedVLMBench, section 6.3).
//   RQ1: best generalist off the shelf against best in-domain specialist off the shelf
//   RQ2: best tuned generalist against best in-domain specialist off the shelf
//   RQ3: best tuned generalist against best tuned out-of-domain specialist
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "medvlm/analysis/difference.hpp"
#include "medvlm/analysis/score_table.hpp"
#include "medvlm/base/api.hpp"

namespace medvlm::analysis {

enum class Question { rq1, rq2, rq3 };
inline constexpr Question kQuestions[] = {Question::rq1, Question::rq2, Question::rq3};

/// "RQ1", "RQ2", "RQ3".
MEDVLM_API std::string_view question_name(Question question);
/// The question in a line: "Off the shelf, do generalists match specialists in their domain?"
MEDVLM_API std::string_view question_text(Question question);
/// Whether the side is tuned in this question.
MEDVLM_API bool generalist_is_tuned(Question question);
MEDVLM_API bool specialist_is_tuned(Question question);
/// The domain of the specialists that a question is about: "ID" or "OOD".
MEDVLM_API std::string_view specialist_domain(Question question);

/// One side of a comparison.
struct Contender {
  const Cell* cell = nullptr;
  std::string model, adapter;
  double value = 0;         ///< in the metric's own scale
  bool trained_on = false;  ///< the dataset is known to be in its training mixture
};

/// The cells of models with this role on a dataset with this adapter, best first; equal ones in the table's order. Cells
/// without a value are left out. `family` empty: all; `domain` empty: both.
MEDVLM_API std::vector<Contender> contenders(const ScoreTable& table, const std::string& role, std::size_t dataset,
                                             const std::string& adapter, const std::string& family = "",
                                             std::string_view domain = "");

/// One gap: the advantage of the family's best generalist over its best specialist.
struct Gap {
  Question question = Question::rq1;
  std::string family, dataset;
  Contender generalist, specialist;  ///< who won on each side, by point values
  std::size_t generalists = 0, specialists = 0;  ///< how many each was the best of
  double value = 0;             ///< ScoreTable::advantage of the two
  DifferenceInterval of_pair;   ///< of these two models
  /// The best of each side is taken anew in each round: of "best against best", whoever that is. Only where all
  /// contenders have rounds on the same resamples; no p.
  DifferenceInterval of_best;
};

/// All gaps that exist: by family, dataset, question, in the table's order. `tuned`: the adapter; empty: the table's first tuned one, if
/// any (else RQ2 and RQ3 have no gaps). Throws Error(config) for an adapter that the table does not have.
MEDVLM_API std::vector<Gap> research_gaps(const ScoreTable& table, const std::string& tuned = "");

/// How the gaps of a question came out.
struct GapSummary {
  Question question = Question::rq1;
  std::size_t gaps = 0, positive = 0, negative = 0;
  std::size_t with_paired_interval = 0;
  std::size_t significant_positive = 0, significant_negative = 0;  ///< by Gap::of_pair
  double mean = 0, lowest = 0, highest = 0;                        ///< of the gaps; NaN for none
};

MEDVLM_API GapSummary summarise_gaps(const std::vector<Gap>& gaps, Question question);

}  // namespace medvlm::analysis
