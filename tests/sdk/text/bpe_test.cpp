// Byte pair encoding of words.
#include <doctest/doctest.h>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/bpe.hpp"

using namespace medvlm::sdk;

namespace {

using Ids = std::vector<std::int64_t>;

Vocabulary words(Vocabulary::Ids ids) { return {std::move(ids), "t"}; }

Ids encode(const Bpe& bpe, const std::string& word) {
  Ids ids;
  bpe.encode(word, ids);
  return ids;
}

}  // namespace

TEST_CASE("the merge learnt first is made first") {
  const Bpe bpe(words({{"a", 0}, {"b", 1}, {"c", 2}, {"ab", 3}, {"bc", 4}}), {{"b", "c"}, {"a", "b"}}, {}, "t");
  CHECK(encode(bpe, "abc") == Ids{0, 4});
  CHECK(encode(bpe, "ab") == Ids{3});
  CHECK(encode(bpe, "") == Ids{});
}

TEST_CASE("of equal merges the leftmost is made first") {
  const Bpe bpe(words({{"a", 0}, {"aa", 1}}), {{"a", "a"}}, {}, "t");
  CHECK(encode(bpe, "aaa") == Ids{1, 0});
  CHECK(encode(bpe, "aaaaa") == Ids{1, 1, 0});
}

TEST_CASE("the last letter of a word carries the suffix") {
  BpeOptions options;
  options.end_of_word_suffix = "</w>";
  const Bpe bpe(words({{"a", 0}, {"a</w>", 1}, {"aa</w>", 2}}), {{"a", "a</w>"}}, options, "t");
  CHECK(encode(bpe, "a") == Ids{1});
  CHECK(encode(bpe, "aa") == Ids{2});
  CHECK(encode(bpe, "aaa") == Ids{0, 2});
}

TEST_CASE("letters outside the vocabulary are dropped, unknown, fused or bytes") {
  const Vocabulary known = words({{"a", 0}, {"?", 1}, {"<0xC3>", 2}, {"<0xA9>", 3}});
  const auto with = [&](bool unk, bool fuse, bool bytes) {
    BpeOptions options;
    if (unk) options.unk_token = "?";
    options.fuse_unk = fuse;
    options.byte_fallback = bytes;
    return encode(Bpe(known, {}, options, "t"), "axya\xc3\xa9");
  };
  CHECK(with(false, false, false) == Ids{0, 0});
  CHECK(with(true, false, false) == Ids{0, 1, 1, 0, 1});
  CHECK(with(true, true, false) == Ids{0, 1, 0, 1});
  CHECK(with(true, true, true) == Ids{0, 1, 0, 2, 3});
}

TEST_CASE("with ignore_merges a known word is taken whole") {
  const Vocabulary known = words({{"a", 0}, {"b", 1}, {"ab", 2}});
  BpeOptions options;
  CHECK(encode(Bpe(known, {}, options, "t"), "ab") == Ids{0, 1});
  options.ignore_merges = true;
  CHECK(encode(Bpe(known, {}, options, "t"), "ab") == Ids{2});
}

TEST_CASE("a word of 100,000 letters is encoded") {
  const Bpe bpe(words({{"a", 0}, {"aa", 1}, {"aaaa", 2}}), {{"a", "a"}, {"aa", "aa"}}, {}, "t");
  CHECK(encode(bpe, std::string(100'000, 'a')) == Ids(25'000, 2));
}

TEST_CASE("a vocabulary that contradicts its merges is refused") {
  CHECK_THROWS_WITH_AS(Bpe(words({{"a", 0}}), {{"a", "b"}}, {}, "f"),
                       "f: merge 1: 'b' is not in the vocabulary", medvlm::Error);
  CHECK_THROWS_WITH_AS(Bpe(words({{"a", 0}}), {{"a", "a"}}, {}, "f"),
                       "f: merge 1: 'aa' is not in the vocabulary", medvlm::Error);
  CHECK_THROWS_AS(Bpe(words({{"a", 0}, {"b", 0}}), {}, {}, "f"), medvlm::Error);
  CHECK_THROWS_AS(Bpe(words({{"a", -1}}), {}, {}, "f"), medvlm::Error);
  CHECK_THROWS_AS(Bpe(words({{"a", std::int64_t{1} << 31}}), {}, {}, "f"), medvlm::Error);
  BpeOptions options;
  options.unk_token = "?";
  CHECK_THROWS_AS(Bpe(words({{"a", 0}}), {}, options, "f"), medvlm::Error);
}
