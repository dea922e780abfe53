#include "threshold_rule.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace medvlm::metrics {
namespace {

/// A threshold with what it makes of the items.
struct Candidate {
  double threshold = 0;
  std::uint64_t true_positives = 0;
  std::uint64_t true_negatives = 0;
};

// Half-way, but below `upper` even where no number lies between the two.
double between(double lower, double upper) {
  const double middle = std::midpoint(lower, upper);
  return middle >= lower && middle < upper ? middle : lower;
}

/// From the lowest threshold (all are positive) to the highest (none is).
std::vector<Candidate> candidates_of(std::vector<sdk::ScoredItem>& items, std::uint64_t positives) {
  std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.score < b.score; });
  std::vector<Candidate> candidates{
      {std::nextafter(items.front().score, -std::numeric_limits<double>::infinity()), positives, 0}};
  Candidate next = candidates.front();
  for (std::size_t i = 0; i < items.size(); ++i) {
    next.true_positives -= items[i].positive ? 1 : 0;
    next.true_negatives += items[i].positive ? 0 : 1;
    const bool last = i + 1 == items.size();
    if (!last && items[i + 1].score == items[i].score) continue;
    next.threshold = last ? items[i].score : between(items[i].score, items[i + 1].score);
    candidates.push_back(next);
  }
  return candidates;
}

double ratio(std::uint64_t part, std::uint64_t whole) { return static_cast<double>(part) / static_cast<double>(whole); }

/// In whole numbers, so that equal values of the index are equal.
double best_by_youden(const std::vector<Candidate>& candidates, std::uint64_t positives, std::uint64_t negatives) {
  const auto index = [&](const Candidate& each) {
    return each.true_positives * negatives + each.true_negatives * positives;
  };
  return std::max_element(candidates.begin(), candidates.end(),
                          [&](const Candidate& a, const Candidate& b) { return index(a) < index(b); })
      ->threshold;
}

}  // namespace

std::optional<double> find_threshold(std::vector<sdk::ScoredItem> items, Rule rule, double target) {
  const auto positives =
      static_cast<std::uint64_t>(std::count_if(items.begin(), items.end(), [](const auto& item) { return item.positive; }));
  const std::uint64_t negatives = items.size() - positives;
  if (positives == 0 && rule != Rule::specificity) return std::nullopt;
  if (negatives == 0 && rule != Rule::sensitivity) return std::nullopt;
  const std::vector<Candidate> candidates = candidates_of(items, positives);
  if (rule == Rule::youden) return best_by_youden(candidates, positives, negatives);
  // One end of the candidates reaches any target.
  if (rule == Rule::sensitivity) {
    return std::find_if(candidates.rbegin(), candidates.rend(), [&](const Candidate& each) {
             return ratio(each.true_positives, positives) >= target;
           })->threshold;
  }
  return std::find_if(candidates.begin(), candidates.end(), [&](const Candidate& each) {
           return ratio(each.true_negatives, negatives) >= target;
         })->threshold;
}

}  // namespace medvlm::metrics
