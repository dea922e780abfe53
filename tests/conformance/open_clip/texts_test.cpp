// Texts: cleaned as by open_clip's own functions, on a corpus of sound and damaged lines; odd vocabularies.
#include "open_clip_goldens.hpp"

#include <ATen/ATen.h>

#include <sstream>

#include "medvlm/base/files.hpp"
#include "text_cleaning.hpp"

namespace {

using namespace medvlm;
using Clean = open_clip::TokenizerConfig::Clean;

}  // namespace

TEST_CASE("texts are cleaned as by open_clip") {
  if (!test::goldens_present("text_repair")) return;
  std::istringstream lines(test::read_golden_file(test::goldens_folder() / "text_repair" / "corpus.jsonl.gz"));
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const auto expected = nlohmann::json::parse(line);
    const std::string text = expected["text"];
    CAPTURE(text);
    CHECK(open_clip::clean_text(text, Clean::whitespace) == expected["whitespace"].get<std::string>());
    CHECK(open_clip::clean_text(text, Clean::lower) == expected["lower"].get<std::string>());
    CHECK(open_clip::clean_text(text, Clean::canonicalize) == expected["canonical"].get<std::string>());
  }
  CHECK(count > 1000);
}

TEST_CASE("open_clip's special tokens are recognised within texts, Hugging Face's are not") {
  if (!test::goldens_present("contrastive/openclip")) return;
  const auto folder = test::goldens_folder() / "contrastive" / "openclip";
  const auto model = test::open_clip_model(folder);
  const auto& tokenizer = model.tokenizer();
  const std::int64_t start = tokenizer.encode("").front();
  const std::int64_t end = tokenizer.encode("").back();
  CHECK(tokenizer.encode("") == std::vector<std::int64_t>{start, end});
  CHECK(tokenizer.encode("<end_of_text><START_OF_TEXT>") == std::vector<std::int64_t>{start, end, start, end});
  CHECK(tokenizer.encode("<|endoftext|>").size() > 3);
}

TEST_CASE("a text that is too long ends with the end token, a short one is padded with 0") {
  if (!test::goldens_present("contrastive/openclip")) return;
  const auto model = test::open_clip_model(test::goldens_folder() / "contrastive" / "openclip");
  const std::vector<std::string> texts{std::string(3000, 'x'), "x"};
  const at::Tensor ids = model.tokenizer()(texts);
  const std::int64_t end = model.tokenizer().encode("").back();
  CHECK(ids[0][-1].item<std::int64_t>() == end);
  CHECK(ids[1][2].item<std::int64_t>() == end);
  CHECK(ids[1][-1].item<std::int64_t>() == 0);
}

TEST_CASE("damaged byte pairs and vocabularies of other checkpoints are named") {
  if (!test::goldens_present("contrastive/openclip")) return;
  const auto folder = test::goldens_folder() / "contrastive" / "openclip";
  const auto refusal = [&](const std::string& merges) {
    const test::GoldenCopy copy(folder, {"merges.txt"});
    if (!merges.empty()) write_file_atomically(copy.path() / "merges.txt", merges);
    try {
      test::open_clip_model(copy.path());
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::checkpoint);
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  CHECK(refusal("").find("merges.txt' is missing") != std::string::npos);
  CHECK(refusal("#version: 0.2\na b\nc\n").find("merges.txt:3: expected two tokens") != std::string::npos);
  CHECK(refusal("#version: 0.2\nab c\n").find("'ab' is not in the vocabulary") != std::string::npos);
  std::string many = "#version: 0.2\n";
  for (char a = 'a'; a <= 'z'; ++a) {
    for (char b = 'a'; b <= 'z'; ++b) many += std::string(1, a) + " " + b + "\n";
  }
  CHECK(refusal(many).find("beyond the vocabulary") != std::string::npos);
}

TEST_CASE("a text that is not UTF-8 is an error of the data") {
  CHECK_THROWS_AS(open_clip::clean_text("\xff", Clean::lower), Error);
}
