// How far the words of a prediction and its reference overlap.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk {

struct Overlap {
  double precision = 0;
  double recall = 0;
  double f = 0;  ///< harmonic mean; 0 where both are 0
};

/// Precision and recall of `shared` matches; 0 where a side is empty.
MEDVLM_API Overlap overlap_of(std::size_t shared, std::size_t predicted, std::size_t reference);

/// Overlap of the words as multisets: a shared word counts as often as the side that has it less often. 1 if both are
/// empty.
MEDVLM_API Overlap word_overlap(std::span<const std::string> predicted, std::span<const std::string> reference);

}  // namespace medvlm::sdk
