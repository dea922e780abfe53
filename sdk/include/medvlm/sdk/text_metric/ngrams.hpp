// Words of a prediction and its reference as numbers: n-grams that both have, and the longest common subsequence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk {

/// The n-grams of two texts, first n = 1. Equal n-grams have equal numbers.
class MEDVLM_API PairedNgrams {
 public:
  PairedNgrams(std::span<const std::string> predicted, std::span<const std::string> reference);

  /// From n-grams to (n+1)-grams. Time n log n.
  void grow();

  /// How many n-grams there are, repeats counted; 0 for a text of fewer words.
  std::size_t predicted() const { return predicted_; }
  std::size_t reference() const { return grams_.size() - predicted_; }
  /// How many n-grams of the prediction are also in the reference, each counted at most as often as there (clipped).
  std::size_t matches() const;
  /// Length of the longest common subsequence of n-grams. Time: product of the lengths.
  std::size_t common_subsequence() const;

  /// The numbers of the n-grams in the order of the texts; below the number of n-grams of both.
  std::span<const std::uint32_t> predicted_numbers() const { return std::span(grams_).first(predicted_); }
  std::span<const std::uint32_t> reference_numbers() const { return std::span(grams_).subspan(predicted_); }

 private:
  // Both texts' one after the other, the prediction first.
  std::vector<std::uint32_t> words_, grams_;
  std::size_t predicted_words_ = 0, predicted_ = 0;  // how many of each are the prediction's
};

}  // namespace medvlm::sdk
