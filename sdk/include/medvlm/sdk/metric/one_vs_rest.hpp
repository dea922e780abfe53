// One class against the rest: the scored items of one column, for metrics that rank or weigh scores.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medvlm/core/metric.hpp"

namespace medvlm::sdk {

/// One score with its truth. Several items may belong to one sample (labels pooled).
struct ScoredItem {
  std::uint32_t sample = 0;  ///< its place among the scored samples
  bool positive = false;
  double score = 0;          ///< finite
};

/// The columns that are asked one by one: only class 1 of a binary dataset, else every class or label.
MEDVLM_API std::vector<std::size_t> columns_of(const DatasetInfo& dataset);

/// The items of one column, in the order of `scored`. Unknown labels are left out. The samples must have passed
/// check_sample(); there may be at most 2^32 of them.
MEDVLM_API std::vector<ScoredItem> items_of(const DatasetInfo& dataset, std::span<const Scored> scored,
                                            std::size_t column);

/// The items of all columns, one column after the other.
MEDVLM_API std::vector<ScoredItem> pooled_items(const DatasetInfo& dataset, std::span<const Scored> scored);

}  // namespace medvlm::sdk
