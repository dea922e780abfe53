// The study's question answered in words: do generalists rival specialists?
#pragma once

#include <string>
#include <vector>

#include "medvlm/analysis/score_table.hpp"
#include "medvlm/base/api.hpp"

namespace medvlm::analysis {

struct Findings {
  /// One per research question, also where it cannot be answered: then it says why.
  std::vector<std::string> sentences;
  /// What these rest on: published numbers, intervals or their absence, training mixtures, selection of the best.
  std::vector<std::string> notes;
};

/// `tuned` as in research_gaps(). Plain English without markup.
MEDVLM_API Findings findings(const ScoreTable& table, const std::string& tuned = "");

}  // namespace medvlm::analysis
