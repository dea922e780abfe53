// SentencePiece model files: ids and texts of the SentencePiece library, and damaged files.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/sdk/text/tokenizer.hpp"
#include "temporary_folder.hpp"

using namespace medvlm::sdk;

namespace {

namespace fs = std::filesystem;
using Ids = std::vector<std::int64_t>;

fs::path models() { return fs::path(MEDVLM_GOLDENS_DEFAULT) / "tokenizers" / "sentencepiece"; }

/// A field of a protobuf message whose content is bytes.
std::string field(int number, const std::string& content) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(content.size())} + content;
}

std::string number_field(int number, int value) {
  return {static_cast<char>(number << 3), static_cast<char>(value)};
}

Tokenizer load(const std::string& bytes) {
  const medvlm::test::TemporaryFolder folder;
  std::ofstream(folder.path() / "tokenizer.model", std::ios::binary) << bytes;
  return Tokenizer::from_folder(folder.path());
}

std::string piece(const std::string& text, int type) { return field(1, field(1, text) + number_field(3, type)); }

}  // namespace

TEST_CASE("ids and texts equal those of the SentencePiece library") {
  int files = 0;
  for (const auto& entry : fs::directory_iterator(models())) {
    if (entry.path().extension() != ".model") continue;
    ++files;
    CAPTURE(entry.path().string());
    const Tokenizer tokenizer = Tokenizer::from_file(entry.path());
    std::ifstream lines(fs::path(entry.path()).replace_extension(".jsonl"));
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
      CAPTURE(line);
      const auto row = nlohmann::json::parse(line);
      const Ids ids = tokenizer.encode(row["text"].get<std::string>());
      CHECK(ids == row["ids"].get<Ids>());
      CHECK(tokenizer.decode(ids) == row["decode"].get<std::string>());
    }
    CHECK(count > 100);
  }
  CHECK(files == 4);
}

TEST_CASE("a small model is read by hand: control pieces are not found in texts") {
  const std::string pieces = piece("<unk>", 2) + piece("<s>", 3) + piece("a", 1) + piece("s", 1) + piece("\xe2\x96\x81", 1);
  const Tokenizer tokenizer = load(pieces);
  CHECK(tokenizer.encode("a<s>") == Ids{4, 2, 0, 3, 0});
  CHECK(tokenizer.encode("  ") == Ids{});
  CHECK(tokenizer.decode(Ids{1, 4, 2, 0}) == "a \xe2\x81\x87 ");
  CHECK(tokenizer.id("<s>") == 1);
}

TEST_CASE("a file that is cut anywhere is an error or a smaller model, never a crash") {
  const std::string whole = medvlm::read_file(models() / "unigram_squeeze.model");
  int refused = 0;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    try {
      load(whole.substr(0, size)).encode("a photo of the lung");
    } catch (const medvlm::Error& error) {
      CHECK(error.code() == medvlm::ErrorCode::checkpoint);
      CHECK(std::string(error.what()).find("tokenizer.model") != std::string::npos);
      ++refused;
    }
  }
  CHECK(refused > 1000);
}

TEST_CASE("a file with changed bytes is an error or another model, never a crash") {
  const std::string whole = medvlm::read_file(models() / "bpe_squeeze.model");
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    for (const char change : {'\x01', '\x80', '\xff'}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ change);
      try {
        load(damaged).encode("a photo of the lung");
      } catch (const medvlm::Error& error) {
        CHECK(error.code() == medvlm::ErrorCode::checkpoint);
      }
    }
  }
}

TEST_CASE("what is no such model is refused with its reason") {
  const auto refused = [](const std::string& bytes, const char* reason) {
    try {
      load(bytes);
      FAIL(std::string(reason) << ": accepted");
    } catch (const medvlm::Error& error) {
      CHECK(error.code() == medvlm::ErrorCode::checkpoint);
      CHECK_MESSAGE(std::string(error.what()).find(reason) != std::string::npos, error.what());
    }
  };
  refused("", "no pieces");
  refused("version https://git-lfs.github.com/spec/v1\n", "no SentencePiece model");
  refused(piece("a", 9), "unknown type 9");
  refused(piece("\xff", 1), "not valid UTF-8");
  refused(piece("a", 1) + piece("a", 1), "appears twice");
  refused(piece("a", 1) + field(2, number_field(3, 3)), "neither a unigram nor a BPE model");
  refused(piece("a", 1) + field(3, field(2, "abc")), "character map");
  refused(piece("a", 3), "no piece can occur");
}
