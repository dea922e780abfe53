// What `medvlm compare` prints: one pair of scenarios, or many at once with corrected p-values.
#pragma once

#include <string>
#include <vector>

#include "medvlm/analysis/scenario_comparison.hpp"

namespace medvlm::launcher {

/// Comparisons of one study, and those that could not be made.
struct ManyComparisons {
  struct Refusal {
    std::string first, second, reason;
  };
  double confidence = 0.95;
  std::vector<analysis::ScenarioComparison> pairs;
  std::vector<Refusal> refused;
};

/// The p-values of one value over all pairs, corrected for their number. NaN where a pair has no paired test of it.
struct CorrectedValue {
  std::string name;
  std::string metric;
  std::vector<double> p, holm, benjamini_hochberg;  ///< one per pair
  std::size_t tests = 0;
};

/// One per value name, in the order in which the pairs have them.
std::vector<CorrectedValue> corrected_values(const ManyComparisons& many);

std::string comparison_text(const analysis::ScenarioComparison& comparison);
std::string comparison_json(const analysis::ScenarioComparison& comparison);
std::string comparisons_text(const ManyComparisons& many);
std::string comparisons_json(const ManyComparisons& many);

}  // namespace medvlm::launcher
