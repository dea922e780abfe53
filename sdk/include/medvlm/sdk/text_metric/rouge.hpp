// ROUGE (Lin, 2004) with one reference, as the packages rouge-score and torchmetrics compute it.
#pragma once

#include <span>
#include <string>

#include "medvlm/sdk/text_metric/overlap.hpp"

namespace medvlm::sdk {

struct Rouge {
  Overlap one;  ///< ROUGE-1: words
  Overlap two;  ///< ROUGE-2: pairs of neighbours
  Overlap l;    ///< ROUGE-L: longest common subsequence of the whole texts
};

/// Of tokens as rouge_tokens() makes them. Everything is 0 where a side has nothing to compare.
MEDVLM_API Rouge rouge(std::span<const std::string> predicted, std::span<const std::string> reference);

}  // namespace medvlm::sdk
