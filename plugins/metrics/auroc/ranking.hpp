// The area under the ROC curve of one set of scores, for any resample, in one pass.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "medvlm/sdk/metric/one_vs_rest.hpp"

namespace medvlm::metrics {

using Item = sdk::ScoredItem;

/// Items sorted once. Safe to use from several threads.
class Ranking {
 public:
  /// AUROC and how much of each kind was drawn; auroc is NaN if either is 0.
  struct Result {
    double auroc = 0;
    std::uint64_t positives = 0;
    std::uint64_t negatives = 0;
  };

  Ranking() = default;
  /// Sample numbers must be below 2^31.
  explicit Ranking(std::vector<Item> items);

  /// `multiplicity` has one element per sample number.
  Result evaluate(std::span<const std::uint32_t> multiplicity) const;

 private:
  // Positions [begin, middle) are negatives and [middle, end) positives of one and the same score.
  struct Tie {
    std::uint32_t begin = 0;
    std::uint32_t middle = 0;
    std::uint32_t end = 0;
  };

  void find_ties(const std::vector<Item>& sorted);
  std::uint64_t weight(std::span<const std::uint32_t> multiplicity, std::uint32_t begin, std::uint32_t end) const;

  std::vector<std::uint32_t> codes_;  // sample * 2 + positive, by score, negatives first where scores are equal
  std::vector<Tie> ties_;             // only those that hold both kinds
};

}  // namespace medvlm::metrics
