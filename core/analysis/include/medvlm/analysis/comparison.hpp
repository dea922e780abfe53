// Every generalist against the best and second-best specialist on each dataset, and who wins how often: the paper's rule, its
// strict variants, and other sets of comparators (docs/analysis.md; MedVLMBench, section 6.4).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "medvlm/analysis/difference.hpp"
#include "medvlm/analysis/research_questions.hpp"
#include "medvlm/analysis/score_table.hpp"
#include "medvlm/base/api.hpp"

namespace medvlm::analysis {

/// Which specialists a generalist is compared with.
enum class Comparators {
  by_domain,  ///< the paper's: in-domain ones for RQ1 and RQ2, out-of-domain ones for RQ3
  all,        ///< all specialists, on the datasets on which by_domain has any
};

/// The specialists that a dataset's bars are held against, best first.
struct ReferenceLines {
  std::string dataset;
  std::vector<Contender> off_the_shelf;  ///< in-domain ones
  std::vector<Contender> tuned;          ///< out-of-domain ones
  /// Whether the paper draws the second tuned line: more than 3 points below the first.
  bool draw_second_tuned = false;
};

/// For each dataset of the table, in its order. `tuned` as in research_gaps(); `family` empty: specialists of all families.
MEDVLM_API std::vector<ReferenceLines> reference_lines(const ScoreTable& table, const std::string& tuned = "",
                                                       Comparators comparators = Comparators::by_domain,
                                                       const std::string& family = "");

/// One generalist against one specialist.
struct Match {
  Question question = Question::rq1;
  std::string dataset;
  std::size_t rank = 1;    ///< 1: against the best specialist, 2: against the second best
  Contender generalist, specialist;
  bool fallback = false;   ///< rank 2 where only one specialist exists: the best was taken
  double advantage = 0;    ///< of the generalist, in the metric's own scale
  DifferenceInterval interval;
  double adjusted_p = 0;   ///< Holm's, over the matches of the same call that have a paired interval; NaN without one
  bool win() const { return advantage > 0; }  ///< the paper's: point values alone
};

/// What is compared.
struct MatchRequest {
  Question question = Question::rq2;
  std::size_t rank = 1;     ///< 1 or 2
  std::string tuned;        ///< as in research_gaps()
  Comparators comparators = Comparators::by_domain;
  bool within_family = false;  ///< specialists of the generalist's own family only
};

/// All matches: by dataset, then generalist, in the table's order. Throws Error(internal) for another rank.
MEDVLM_API std::vector<Match> matches(const ScoreTable& table, const MatchRequest& request);

/// How the matches of one request came out.
struct WinCount {
  MatchRequest request;
  std::size_t comparisons = 0, wins = 0;        ///< the paper's rule: strict comparison of point values, with fallback
  std::size_t fallbacks = 0;                    ///< comparisons that are fallbacks
  std::size_t wins_without_fallback = 0;        ///< of comparisons - fallbacks
  std::size_t with_paired_interval = 0;
  std::size_t significant_wins = 0;             ///< paired interval above 0
  std::size_t significant_losses = 0;           ///< paired interval below 0
  std::size_t holm_wins = 0, holm_losses = 0;   ///< of these, with an adjusted p below 1 - confidence
  std::size_t unpaired_wins = 0, unpaired_losses = 0;  ///< unpaired interval excludes 0: published numbers
};

MEDVLM_API WinCount count_wins(const ScoreTable& table, const MatchRequest& request);

/// The whole table: each question that has comparisons, rank 1 and 2, both sets of comparators.
MEDVLM_API std::vector<WinCount> win_counts(const ScoreTable& table, const std::string& tuned = "", bool within_family = false);

}  // namespace medvlm::analysis
