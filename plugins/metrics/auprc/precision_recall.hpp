// Average precision of one set of scores, for any resample, in one pass.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "medvlm/sdk/metric/one_vs_rest.hpp"

namespace medvlm::metrics {

/// Items sorted once. Safe to use from several threads.
class PrecisionRecall {
 public:
  struct Result {
    double average_precision = 0;  ///< NaN if no positive was drawn
    std::uint64_t positives = 0;
    std::uint64_t total = 0;
  };

  /// Sample numbers must be below 2^30.
  explicit PrecisionRecall(std::vector<sdk::ScoredItem> items);

  /// `multiplicity` has one element per sample number.
  Result evaluate(std::span<const std::uint32_t> multiplicity) const;

 private:
  std::vector<std::uint32_t> codes_;  // sample * 4 + last of its score * 2 + positive, the largest score first
};

}  // namespace medvlm::metrics
