// The 1,000 lines of the tokenizer goldens, with each real vocabulary that is installed.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "goldens_folder.hpp"
#include "json_lines.hpp"
#include "medvlm/sdk/text/tokenizer.hpp"

using namespace medvlm::sdk;
using nlohmann::json;

namespace {

namespace fs = std::filesystem;
using Ids = std::vector<std::int64_t>;

constexpr const char* kNames[] = {"bert", "clip", "gemma3", "llama", "llama3", "mistral", "qwen2_vl", "qwen3"};
constexpr std::int64_t kImage = -200;  ///< stands for the marker in the goldens of prompts

/// Where scripts/fetch_tokenizers.py puts them.
fs::path vocabularies() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value ? value : "");
  };
  if (const auto chosen = variable("MEDVLM_TOKENIZERS"); !chosen.empty()) return chosen;
  const auto cache = variable("XDG_CACHE_HOME");
  return (cache.empty() ? fs::path(variable("HOME")) / ".cache" : fs::path(cache)) / "medvlm" / "tokenizers";
}

/// Nothing where the file is not installed.
std::optional<Tokenizer> installed(const std::string& name, const char* form = "tokenizer.json") {
  const fs::path file = vocabularies() / name / form;
  if (fs::exists(file)) return Tokenizer::from_file(file);
  MESSAGE("SKIPPED: the vocabulary " << file << " is not installed; scripts/fetch_tokenizers.py fetches it");
  return std::nullopt;
}

std::vector<json> golden_lines(const std::string& name) {
  return medvlm::test::read_json_lines(medvlm::test::goldens_folder() / "tokenizers" / (name + ".jsonl.gz"));
}

void check_corpus(const std::string& name, const char* form = "tokenizer.json") {
  const auto tokenizer = installed(name, form);
  if (!tokenizer) return;
  std::map<int, std::string> corpus;
  for (const auto& line : golden_lines("corpus")) corpus[line["i"]] = line["text"];
  int lines = 0;
  for (const auto& expected : golden_lines(name)) {
    const std::string& text = corpus.at(expected["i"]);
    CAPTURE(text);
    const Ids ids = expected["ids"];
    const Ids ids_special = expected["ids_special"];
    CHECK(tokenizer->encode(text, false) == ids);
    CHECK(tokenizer->encode(text, true) == ids_special);
    CHECK(tokenizer->decode(ids) == expected["decode"].get<std::string>());
    CHECK(tokenizer->decode(ids_special) == expected["decode_special"].get<std::string>());
    CHECK(tokenizer->decode(ids_special, true) == expected["decode_skip"].get<std::string>());
    ++lines;
  }
  CHECK(lines == static_cast<int>(corpus.size()));
  MESSAGE(name << ": " << lines << " lines compared");
}

/// The text between the markers, each piece apart; the start token stays at the very front only.
Ids encode_around_images(const Tokenizer& tokenizer, std::string_view prompt) {
  constexpr std::string_view kMarker = "<image>";
  Ids ids;
  for (bool first = true;; first = false) {
    const std::size_t end = prompt.find(kMarker);
    const Ids piece = tokenizer.encode(prompt.substr(0, end));
    if (!first) ids.push_back(kImage);
    ids.insert(ids.end(), piece.begin() + (first ? 0 : 1), piece.end());
    if (end == prompt.npos) return ids;
    prompt.remove_prefix(end + kMarker.size());
  }
}

}  // namespace

TEST_CASE("real vocabularies are installed, or the program says that it compared nothing") {
  const bool any = std::any_of(std::begin(kNames), std::end(kNames), [](const char* name) {
    return fs::exists(vocabularies() / name / "tokenizer.json");
  });
  if (!any) std::printf("SKIPPED: no vocabulary is installed; scripts/fetch_tokenizers.py fetches them\n");
}

TEST_CASE("each real vocabulary gives the golden ids and texts") {
  if (!medvlm::test::goldens_present("tokenizers")) return;
  for (const char* name : kNames) check_corpus(name);
}

TEST_CASE("BERT's vocabulary as a list of words gives them too") {
  if (medvlm::test::goldens_present("tokenizers")) check_corpus("bert", "vocab.txt");
}

TEST_CASE("prompts that are split at image markers give the golden ids") {
  if (!medvlm::test::goldens_present("tokenizers")) return;
  for (const std::string name : {"llama", "mistral"}) {
    const auto tokenizer = installed(name);
    if (!tokenizer) continue;
    int prompts = 0;
    for (const auto& expected : golden_lines(name + "_image_prompts")) {
      const std::string text = expected["text"];
      CAPTURE(text);
      CHECK(encode_around_images(*tokenizer, text) == expected["ids"].get<Ids>());
      ++prompts;
    }
    CHECK(prompts > 0);
  }
}
