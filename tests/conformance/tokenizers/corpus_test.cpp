// The 1,000 lines of the tokenizer goldens, with each real vocabulary that is installed.
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <map>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "goldens_folder.hpp"
#include "medvlm/sdk/text/tokenizer.hpp"

using namespace medvlm::sdk;
using nlohmann::json;

namespace {

namespace fs = std::filesystem;

fs::path from_environment(const char* variable, const char* fallback) {
  const char* folder = std::getenv(variable);
  return folder ? folder : fallback;
}

fs::path tokenizer_goldens() { return from_environment("MEDVLM_GOLDENS", MEDVLM_GOLDENS_DEFAULT) / "tokenizers"; }

std::vector<json> read_json_lines(const fs::path& file) {
  gzFile in = gzopen(file.c_str(), "rb");
  REQUIRE_MESSAGE(in, "cannot open " << file);
  std::string text;
  char block[1 << 16];
  for (int count = 0; (count = gzread(in, block, sizeof block)) > 0;) {
    text.append(block, static_cast<std::size_t>(count));
  }
  gzclose(in);
  std::vector<json> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(json::parse(text.begin() + static_cast<std::ptrdiff_t>(begin),
                                text.begin() + static_cast<std::ptrdiff_t>(end)));
    begin = end + 1;
  }
  return lines;
}

void check_corpus(const std::string& name, const char* form = "tokenizer.json") {
  const fs::path file = from_environment("MEDVLM_VOCABULARIES", MEDVLM_VOCABULARIES_DEFAULT) / name / form;
  if (!fs::exists(file)) {
    MESSAGE("SKIPPED: the vocabulary " << file << " is not installed; scripts/fetch_vocabularies.py fetches it");
    return;
  }
  const Tokenizer tokenizer = Tokenizer::from_file(file);
  std::map<int, std::string> corpus;
  for (const auto& line : read_json_lines(tokenizer_goldens() / "corpus.jsonl.gz")) corpus[line["i"]] = line["text"];
  int lines = 0;
  for (const auto& expected : read_json_lines(tokenizer_goldens() / (name + ".jsonl.gz"))) {
    const std::string& text = corpus.at(expected["i"]);
    CAPTURE(text);
    using Ids = std::vector<std::int64_t>;
    const Ids ids = expected["ids"];
    const Ids ids_special = expected["ids_special"];
    CHECK(tokenizer.encode(text, false) == ids);
    CHECK(tokenizer.encode(text, true) == ids_special);
    CHECK(tokenizer.decode(ids) == expected["decode"].get<std::string>());
    CHECK(tokenizer.decode(ids_special) == expected["decode_special"].get<std::string>());
    CHECK(tokenizer.decode(ids_special, true) == expected["decode_skip"].get<std::string>());
    ++lines;
  }
  CHECK(lines == static_cast<int>(corpus.size()));
  MESSAGE(name << ": " << lines << " lines compared");
}

}  // namespace

TEST_CASE("CLIP's vocabulary gives the golden ids and texts") {
  if (!medvlm::test::goldens_present("tokenizers")) return;
  check_corpus("clip");
}

TEST_CASE("BERT's vocabulary gives the golden ids and texts") {
  if (!medvlm::test::goldens_present("tokenizers")) return;
  check_corpus("bert");
  check_corpus("bert", "vocab.txt");
}
