#include "precision_recall.hpp"

#include <algorithm>
#include <limits>

namespace medvlm::metrics {

PrecisionRecall::PrecisionRecall(std::vector<sdk::ScoredItem> items) {
  std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
  codes_.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const bool last = i + 1 == items.size() || items[i + 1].score != items[i].score;
    codes_.push_back(items[i].sample * 4 + (last ? 2U : 0U) + (items[i].positive ? 1U : 0U));
  }
}

// Precision is taken where a score ends, and only where recall has grown: elsewhere its weight is 0.
PrecisionRecall::Result PrecisionRecall::evaluate(std::span<const std::uint32_t> multiplicity) const {
  const std::uint32_t* const drawn = multiplicity.data();
  std::uint64_t total = 0;
  std::uint64_t positives = 0;
  std::uint64_t summed = 0;  // positives that are in `sum`
  double sum = 0;
  for (const std::uint32_t code : codes_) {
    const std::uint64_t count = drawn[code >> 2];
    total += count;
    positives += count & (0 - std::uint64_t{code & 1});
    if ((code & 2) == 0 || positives == summed) continue;
    sum += static_cast<double>(positives - summed) * (static_cast<double>(positives) / static_cast<double>(total));
    summed = positives;
  }
  if (positives == 0) return {std::numeric_limits<double>::quiet_NaN(), 0, total};
  return {sum / static_cast<double>(positives), positives, total};
}

}  // namespace medvlm::metrics
