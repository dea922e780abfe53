// Unigram models in tokenizer.json with the steps that come with them: Metaspace, Strip, Precompiled.
#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/tokenizer.hpp"
#include "temporary_folder.hpp"

using namespace medvlm::sdk;
using nlohmann::json;

namespace {

using Ids = std::vector<std::int64_t>;
constexpr const char* kSpace = "\xe2\x96\x81";

json piece(const std::string& text, double score) { return json::array({text, score}); }

/// Ids: <unk> 0, the space letter 1, a 2, b 3, the space letter and a 4.
json small_unigram() {
  const json metaspace = {{"type", "Metaspace"}, {"replacement", kSpace}, {"prepend_scheme", "always"}, {"split", true}};
  return {{"normalizer", {{"type", "Strip"}, {"strip_left", true}, {"strip_right", true}}},
          {"pre_tokenizer", metaspace},
          {"post_processor", nullptr},
          {"decoder", metaspace},
          {"added_tokens", json::array()},
          {"model",
           {{"type", "Unigram"},
            {"unk_id", 0},
            {"byte_fallback", false},
            {"vocab", json::array({piece("<unk>", 0), piece(kSpace, -3), piece("a", -1), piece("b", -1),
                                   piece(std::string(kSpace) + "a", -2)})}}}};
}

Tokenizer load_unigram(const json& file) {
  const medvlm::test::TemporaryFolder folder;
  std::ofstream(folder.path() / "tokenizer.json") << file.dump();
  return Tokenizer::from_folder(folder.path());
}

void check_refused(const json& file, const char* reason) {
  try {
    load_unigram(file);
    FAIL(std::string(reason) << ": accepted");
  } catch (const medvlm::Error& error) {
    CHECK(error.code() == medvlm::ErrorCode::checkpoint);
    CHECK_MESSAGE(std::string(error.what()).find(reason) != std::string::npos, error.what());
  }
}

}  // namespace

TEST_CASE("spaces become the visible letter, every one begins a piece, and one stands in front") {
  const Tokenizer tokenizer = load_unigram(small_unigram());
  CHECK(tokenizer.encode("a b") == Ids{4, 1, 3});
  CHECK(tokenizer.encode(" a  a ") == Ids{4, 1, 4});
  CHECK(tokenizer.encode("bxyb") == Ids{1, 3, 0, 3});
  CHECK(tokenizer.encode("  ") == Ids{});
  CHECK(tokenizer.decode(Ids{4, 1, 3}) == "a b");
}

TEST_CASE("without a prefix a text begins as it is") {
  json file = small_unigram();
  file["pre_tokenizer"]["prepend_scheme"] = "never";
  CHECK(load_unigram(file).encode("a a") == Ids{2, 4});
  file = small_unigram();
  file["pre_tokenizer"] = {{"type", "Metaspace"}, {"replacement", kSpace}, {"add_prefix_space", false}};
  CHECK(load_unigram(file).encode("a a") == Ids{2, 4});
}

TEST_CASE("white space can be stripped at either end") {
  json file = small_unigram();
  file["normalizer"] = {{"type", "Strip"}, {"strip_left", false}, {"strip_right", true}};
  CHECK(load_unigram(file).encode(" a\n") == Ids{4});  // the space in front is the prefix
  file["normalizer"] = nullptr;
  CHECK(load_unigram(file).encode("a ") == Ids{4, 1});
}

TEST_CASE("a character map replaces what it has rules for") {
  // Darts-clone trie with the one rule A -> a: root, the unit of 'A' at 65 ^ 1, its value at (65 ^ 1) ^ 1... laid out by
  // hand: units 0 (root, offset 1), 64 (label 'A', leaf, offset 1 -> 65), 65 (value 0).
  std::vector<std::uint32_t> units(66, 0);
  units[0] = 1u << 10;
  units[64] = 'A' | 1u << 8 | 1u << 10;
  units[65] = 0x80000000u;
  std::string blob;
  const auto append = [&](std::uint32_t value) {
    for (int i = 0; i < 4; ++i) blob += static_cast<char>(value >> (8 * i) & 0xff);
  };
  append(static_cast<std::uint32_t>(units.size() * 4));
  for (const std::uint32_t unit : units) append(unit);
  blob += std::string("a\0", 2);
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string base64;
  while (blob.size() % 3 != 0) blob += '\0';
  for (std::size_t i = 0; i < blob.size(); i += 3) {
    std::uint32_t value = 0;
    for (std::size_t k = 0; k < 3; ++k) value = value << 8 | static_cast<unsigned char>(blob[i + k]);
    for (int k = 3; k >= 0; --k) base64 += kDigits[value >> (6 * k) & 63];
  }
  json file = small_unigram();
  file["normalizer"] = {{"type", "Precompiled"}, {"precompiled_charsmap", base64}};
  CHECK(load_unigram(file).encode("A B") == Ids{4, 1, 0});
  file["normalizer"]["precompiled_charsmap"] = "AAAA";
  check_refused(file, "character map");
  file["normalizer"]["precompiled_charsmap"] = "A*==";
  check_refused(file, "base64");
  file["normalizer"]["precompiled_charsmap"] = "AAA";
  check_refused(file, "base64");
}

TEST_CASE("what is not understood is refused with its place") {
  json file = small_unigram();
  file["model"]["vocab"][2] = "a";
  check_refused(file, "model: vocab[2]");
  file = small_unigram();
  file["model"]["unk_id"] = 5;
  check_refused(file, "unk_id");
  file = small_unigram();
  file["model"]["vocab"].push_back(piece("a", -1));
  check_refused(file, "appears twice");
  file = small_unigram();
  file["pre_tokenizer"]["prepend_scheme"] = "sometimes";
  check_refused(file, "prepend_scheme");
  file = small_unigram();
  file["pre_tokenizer"]["replacement"] = "__";
  check_refused(file, "replacement");
}
