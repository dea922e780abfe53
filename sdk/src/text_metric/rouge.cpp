#include "medvlm/sdk/text_metric/rouge.hpp"

#include "medvlm/sdk/text_metric/ngrams.hpp"

namespace medvlm::sdk {

Rouge rouge(std::span<const std::string> predicted, std::span<const std::string> reference) {
  PairedNgrams grams(predicted, reference);
  Rouge scores;
  scores.one = overlap_of(grams.matches(), grams.predicted(), grams.reference());
  scores.l = overlap_of(grams.common_subsequence(), grams.predicted(), grams.reference());
  grams.grow();
  scores.two = overlap_of(grams.matches(), grams.predicted(), grams.reference());
  return scores;
}

}  // namespace medvlm::sdk
