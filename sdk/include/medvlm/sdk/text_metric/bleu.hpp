// BLEU (Papineni et al., 2002) with one reference, without smoothing.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk {

/// What BLEU of a sentence needs; BLEU of a corpus needs the sums of these. Numbers are whole, kept as doubles so that
/// they can be added in any multiplicity.
struct BleuCounts {
  static constexpr std::size_t kOrders = 4;
  std::array<double, kOrders> matches{};    ///< clipped, of 1-grams to 4-grams
  std::array<double, kOrders> predicted{};  ///< n-grams of the prediction
  double predicted_words = 0;
  double reference_words = 0;

  /// Precision of the words alone, without brevity penalty; 0 for an empty prediction.
  double unigram_precision() const { return predicted[0] > 0 ? matches[0] / predicted[0] : 0; }
};

MEDVLM_API BleuCounts bleu_counts(std::span<const std::string> predicted, std::span<const std::string> reference);

/// BLEU-`order` (1 to 4) in [0, 1]: geometric mean of the precisions of orders 1 to `order`, times the brevity penalty
/// exp(1 - reference/prediction) of a prediction shorter than its reference. 0 if an order has no match, so also for a
/// prediction of fewer than `order` words.
MEDVLM_API double bleu(const BleuCounts& counts, std::size_t order);

}  // namespace medvlm::sdk
