// The unigram model: most likely pieces, unknown letters, damaged vocabularies.
#include <doctest/doctest.h>

#include <limits>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/unigram.hpp"

using namespace medvlm::sdk;

namespace {

using Ids = std::vector<std::int64_t>;
using Use = UnigramPiece::Use;

const std::vector<UnigramPiece> kPieces = {{"?", 0, Use::never}, {"a", -1},   {"b", -2},      {"ab", -2.5},
                                           {"abb", -6},          {"bb", -3.9}, {"\xc3\xa9", -4}};

Ids encode(const Unigram& model, std::string_view word) {
  Ids ids;
  model.encode(word, ids);
  return ids;
}

Unigram model_of(std::vector<UnigramPiece> pieces, UnigramOptions options = {0}) {
  return Unigram(std::move(pieces), options, "t");
}

}  // namespace

TEST_CASE("the split with the greatest sum of scores is taken") {
  const Unigram model(kPieces, {0}, "t");
  CHECK(encode(model, "ab") == Ids{3});
  CHECK(encode(model, "abb") == Ids{3, 2});  // -4.5, against -4.9 for a and bb
  CHECK(encode(model, "bbb") == Ids{2, 5});  // -5.9 either way: what is found first stays
  CHECK(encode(model, "a\xc3\xa9") == Ids{1, 6});
  CHECK(encode(model, "") == Ids{});
}

TEST_CASE("a run of unknown letters is one token, or its bytes") {
  const Unigram model(kPieces, {0}, "t");
  CHECK(encode(model, "axyb\xe6\x97\xa5") == Ids{1, 0, 2, 0});
  CHECK(encode(model, "?") == Ids{0});  // the unknown piece itself is not looked for
  auto pieces = kPieces;
  pieces.push_back({"<0x78>", 0, Use::never});
  UnigramOptions options{0};
  options.byte_fallback = true;
  const Unigram bytes(pieces, options, "t");
  CHECK(encode(bytes, "axxb") == Ids{1, 7, 7, 2});
  CHECK(encode(bytes, "axyb") == Ids{1, 0, 2});  // there is no <0x79>
}

TEST_CASE("a user-defined piece is taken wherever it occurs") {
  auto pieces = kPieces;
  pieces.push_back({"ba", -100, Use::user_defined});
  CHECK(encode(Unigram(pieces, {0}, "t"), "abab") == Ids{1, 7, 2});
}

TEST_CASE("without an unknown piece an unknown letter is an error that names it") {
  const Unigram model(kPieces, {}, "t");
  CHECK(encode(model, "ab") == Ids{3});
  Ids ids;
  CHECK_THROWS_WITH_AS(model.encode("axb", ids), "t: has no unknown token, but 'x' is outside its vocabulary",
                       medvlm::Error);
}

TEST_CASE("a text of 100,000 letters is encoded") {
  CHECK(encode(Unigram(kPieces, {0}, "t"), std::string(100'000, 'a')) == Ids(100'000, 1));
}

TEST_CASE("damaged vocabularies of a unigram model are refused") {
  CHECK_THROWS_AS(model_of({}), medvlm::Error);
  CHECK_THROWS_AS(model_of({{"a", -1}, {"a", -2}}), medvlm::Error);
  CHECK_THROWS_AS(model_of({{"a", -1}, {"", -2}}), medvlm::Error);
  CHECK_THROWS_AS(model_of({{"a", std::numeric_limits<double>::quiet_NaN()}}), medvlm::Error);
  CHECK_THROWS_AS(model_of({{"a", -1}}, {1}), medvlm::Error);
  CHECK_THROWS_AS(model_of({{"a", -1, Use::never}}), medvlm::Error);
}
