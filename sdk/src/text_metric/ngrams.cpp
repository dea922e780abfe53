#include "medvlm/sdk/text_metric/ngrams.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>

namespace medvlm::sdk {
namespace {

/// The place of each key among the distinct keys in order: equal keys have equal numbers. Answers are short, so sorting
/// beats hashing.
template <typename Key>
std::vector<std::uint32_t> ranks_of(const std::vector<Key>& keys) {
  std::vector<std::uint32_t> order(keys.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return keys[a] < keys[b]; });
  std::vector<std::uint32_t> ranks(keys.size());
  std::uint32_t rank = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && keys[order[i]] != keys[order[i - 1]]) ++rank;
    ranks[order[i]] = rank;
  }
  return ranks;
}

/// Appends each n-gram of one text followed by its next word.
void append_longer(std::span<const std::uint32_t> grams, std::span<const std::uint32_t> words,
                   std::vector<std::uint64_t>& keys) {
  const std::size_t order = words.size() - grams.size() + 1;
  for (std::size_t i = 0; i + order < words.size(); ++i) {
    keys.push_back(std::uint64_t{grams[i]} << 32 | words[i + order]);
  }
}

}  // namespace

PairedNgrams::PairedNgrams(std::span<const std::string> predicted, std::span<const std::string> reference)
    : predicted_words_(predicted.size()), predicted_(predicted.size()) {
  std::vector<std::string_view> keys(predicted.begin(), predicted.end());
  keys.insert(keys.end(), reference.begin(), reference.end());
  words_ = ranks_of(keys);
  grams_ = words_;
}

void PairedNgrams::grow() {
  const std::span<const std::uint32_t> words(words_);
  std::vector<std::uint64_t> keys;
  if (predicted() > 0) append_longer(predicted_numbers(), words.first(predicted_words_), keys);
  const std::size_t longer = keys.size();
  if (reference() > 0) append_longer(reference_numbers(), words.subspan(predicted_words_), keys);
  grams_ = ranks_of(keys);
  predicted_ = longer;
}

std::size_t PairedNgrams::matches() const {
  std::vector<std::uint32_t> left(grams_.size(), 0);  // of each n-gram of the reference, not matched yet
  for (const std::uint32_t gram : reference_numbers()) ++left[gram];
  std::size_t matches = 0;
  for (const std::uint32_t gram : predicted_numbers()) {
    if (left[gram] == 0) continue;
    --left[gram];
    ++matches;
  }
  return matches;
}

std::size_t PairedNgrams::common_subsequence() const {
  const auto reference = reference_numbers();
  // length[j]: of the prediction so far and the first j n-grams of the reference.
  std::vector<std::uint32_t> length(reference.size() + 1, 0);
  for (const std::uint32_t gram : predicted_numbers()) {
    std::uint32_t diagonal = 0;
    for (std::size_t j = 1; j < length.size(); ++j) {
      const std::uint32_t above = length[j];
      length[j] = gram == reference[j - 1] ? diagonal + 1 : std::max(above, length[j - 1]);
      diagonal = above;
    }
  }
  return length.back();
}

}  // namespace medvlm::sdk
