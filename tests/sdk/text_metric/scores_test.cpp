// Shared n-grams, common subsequences, BLEU, ROUGE: small texts counted by hand.
#include <doctest/doctest.h>

#include <cmath>

#include "medvlm/sdk/text_metric/bleu.hpp"
#include "medvlm/sdk/text_metric/ngrams.hpp"
#include "medvlm/sdk/text_metric/rouge.hpp"

using namespace medvlm::sdk;

namespace {

/// A word for each letter.
std::vector<std::string> letters(const std::string& text) {
  std::vector<std::string> words;
  for (const char c : text) words.emplace_back(1, c);
  return words;
}

}  // namespace

TEST_CASE("n-grams are matched at most as often as the other text has them") {
  PairedNgrams grams(letters("ababa"), letters("aab"));
  CHECK(grams.predicted() == 5);
  CHECK(grams.matches() == 3);  // a twice, b once
  grams.grow();
  CHECK(grams.predicted() == 4);
  CHECK(grams.reference() == 2);
  CHECK(grams.matches() == 1);  // ab once
  grams.grow();
  CHECK(grams.matches() == 0);
  grams.grow();
  CHECK(grams.reference() == 0);
  CHECK(grams.predicted() == 2);
}

TEST_CASE("a common subsequence keeps the order and may have gaps") {
  CHECK(PairedNgrams(letters("abcbdab"), letters("bdcaba")).common_subsequence() == 4);
  CHECK(PairedNgrams(letters("abc"), letters("cba")).common_subsequence() == 1);
  CHECK(PairedNgrams(letters("abc"), letters("")).common_subsequence() == 0);
  CHECK(PairedNgrams(letters("xaxbx"), letters("ab")).common_subsequence() == 2);
}

TEST_CASE("BLEU: brevity penalty for shorter texts only, geometric mean, no smoothing") {
  const auto same = bleu_counts(letters("abcd"), letters("abcd"));
  for (std::size_t n = 1; n <= 4; ++n) CHECK(bleu(same, n) == 1);
  CHECK(bleu(bleu_counts(letters("ab"), letters("abcd")), 1) == doctest::Approx(std::exp(-1.0)).epsilon(1e-15));
  CHECK(bleu(bleu_counts(letters("abcdef"), letters("abc")), 1) == doctest::Approx(0.5).epsilon(1e-15));
  CHECK(bleu(bleu_counts(letters("abxc"), letters("abyc")), 2) == doctest::Approx(std::sqrt(0.75 / 3)).epsilon(1e-15));
  CHECK(bleu(bleu_counts(letters("abxc"), letters("abyc")), 3) == 0);
  CHECK(bleu(bleu_counts(letters("abc"), letters("abc")), 4) == 0);  // too short
  CHECK(bleu(bleu_counts({}, letters("a")), 1) == 0);
  CHECK(bleu(bleu_counts(letters("a"), {}), 1) == 0);
  CHECK(bleu_counts(letters("aab"), letters("abcdef")).unigram_precision() == 2.0 / 3);
}

TEST_CASE("ROUGE of empty sides is 0") {
  CHECK(rouge({}, {}).one.f == 0);
  CHECK(rouge(letters("a"), {}).l.f == 0);
  const Rouge scores = rouge(letters("a"), letters("a"));
  CHECK(scores.one.f == 1);
  CHECK(scores.two.f == 0);  // no pair of neighbours
  CHECK(scores.l.f == 1);
}

TEST_CASE("empty texts overlap fully with each other and not with others") {
  CHECK(word_overlap({}, {}).f == 1);
  CHECK(word_overlap({}, letters("a")).f == 0);
  CHECK(word_overlap(letters("a"), {}).recall == 0);
}
