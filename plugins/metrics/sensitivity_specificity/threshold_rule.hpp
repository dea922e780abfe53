// Rules that fix a threshold on scores whose truth is known.
#pragma once

#include <optional>
#include <vector>

#include "medvlm/sdk/metric/one_vs_rest.hpp"

namespace medvlm::metrics {

enum class Rule { youden, sensitivity, specificity, fixed };

/// The threshold by a rule other than fixed: a score above it is positive. Null if the items lack positives or negatives
/// that the rule needs. `target` is read by sensitivity and specificity. Candidates lie half-way between neighbouring
/// scores, just below the lowest and at the highest.
std::optional<double> find_threshold(std::vector<sdk::ScoredItem> items, Rule rule, double target);

}  // namespace medvlm::metrics
