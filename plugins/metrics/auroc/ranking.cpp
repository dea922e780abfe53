#include "ranking.hpp"

#include <algorithm>
#include <limits>

namespace medvlm::metrics {

Ranking::Ranking(std::vector<Item> items) {
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    return a.score != b.score ? a.score < b.score : a.positive < b.positive;
  });
  codes_.reserve(items.size());
  for (const Item& item : items) codes_.push_back(item.sample * 2 + (item.positive ? 1U : 0U));
  find_ties(items);
}

void Ranking::find_ties(const std::vector<Item>& sorted) {
  for (std::size_t begin = 0; begin < sorted.size();) {
    std::size_t middle = begin;
    while (middle < sorted.size() && sorted[middle].score == sorted[begin].score && !sorted[middle].positive) ++middle;
    std::size_t end = middle;
    while (end < sorted.size() && sorted[end].score == sorted[begin].score) ++end;
    if (begin < middle && middle < end) {
      ties_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(middle),
                       static_cast<std::uint32_t>(end)});
    }
    begin = end;
  }
}

std::uint64_t Ranking::weight(std::span<const std::uint32_t> multiplicity, std::uint32_t begin,
                              std::uint32_t end) const {
  std::uint64_t sum = 0;
  for (std::uint32_t i = begin; i < end; ++i) sum += multiplicity[codes_[i] >> 1];
  return sum;
}

// The pass counts every tied pair as won, because negatives stand first; half of them is taken back afterwards. So the
// hot loop has no branch, and all counts are exact integers.
Ranking::Result Ranking::evaluate(std::span<const std::uint32_t> multiplicity) const {
  const std::uint32_t* const drawn = multiplicity.data();
  std::uint64_t total = 0;
  std::uint64_t negatives = 0;
  std::uint64_t won = 0;
  for (const std::uint32_t code : codes_) {
    const std::uint64_t count = drawn[code >> 1];
    const std::uint64_t if_positive = 0 - std::uint64_t{code & 1};
    total += count;
    negatives += count & ~if_positive;
    won += (count & if_positive) * negatives;
  }
  std::uint64_t tied = 0;
  for (const Tie& tie : ties_) {
    tied += weight(multiplicity, tie.begin, tie.middle) * weight(multiplicity, tie.middle, tie.end);
  }
  const std::uint64_t positives = total - negatives;
  Result result{std::numeric_limits<double>::quiet_NaN(), positives, negatives};
  if (positives != 0 && negatives != 0) {
    result.auroc = static_cast<double>(2 * won - tied) /
                   (2 * static_cast<double>(positives) * static_cast<double>(negatives));
  }
  return result;
}

}  // namespace medvlm::metrics
