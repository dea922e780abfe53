// The tokenizer files of the generative checkpoints, as they are and with changes: ids and texts of transformers.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "json_lines.hpp"
#include "medvlm/sdk/text/tokenizer.hpp"
#include "temporary_folder.hpp"

using namespace medvlm::sdk;
using nlohmann::json;

namespace {

namespace fs = std::filesystem;
using FolderIds = std::vector<std::int64_t>;

fs::path folder_goldens() { return fs::path(MEDVLM_GOLDENS_DEFAULT) / "tokenizers" / "folders"; }

/// The tokenizer's files of a checkpoint in the source tree.
fs::path files_of(const std::string& base) {
  const fs::path folder = fs::path(MEDVLM_GOLDENS_DEFAULT) / "generative" / base / "checkpoint";
  return fs::exists(folder / "llm") ? folder / "llm" : folder;
}

/// The folder that tests/peers/tokenizer_folders.py gave to transformers.
void write_case(const fs::path& folder, const json& one) {
  for (const char* name : {"tokenizer.json", "tokenizer.model", "vocab.json", "merges.txt", "added_tokens.json",
                           "tokenizer_config.json", "special_tokens_map.json"}) {
    const fs::path file = files_of(one["base"]) / name;
    const auto& without = one["without"];
    if (!fs::exists(file) || std::find(without.begin(), without.end(), name) != without.end()) continue;
    fs::copy_file(file, folder / name);
  }
  for (const auto& [name, change] : one["changes"].items()) {
    json content = fs::exists(folder / name) ? json::parse(std::ifstream(folder / name)) : json::object();
    content.update(change);
    if (content.contains("added_tokens_decoder") && content["added_tokens_decoder"].is_null()) {
      content.erase("added_tokens_decoder");
    }
    std::ofstream(folder / name) << content.dump();
  }
  if (!fs::exists(folder / "config.json")) std::ofstream(folder / "config.json") << "{}";
}

void check_row(const Tokenizer& tokenizer, const json& row) {
  const auto ids = row["ids"].get<FolderIds>();
  CHECK(tokenizer.decode(ids) == row["decode"].get<std::string>());
  if (!row.contains("text")) {
    CHECK(tokenizer.decode(ids, true) == row["decode_skip"].get<std::string>());
    return;
  }
  const auto special = row["ids_special"].get<FolderIds>();
  CHECK(tokenizer.encode(row["text"].get<std::string>(), false) == ids);
  CHECK(tokenizer.encode(row["text"].get<std::string>()) == special);
  CHECK(tokenizer.decode(special) == row["decode_special"].get<std::string>());
  CHECK(tokenizer.decode(special, true) == row["decode_skip"].get<std::string>());
}

}  // namespace

TEST_CASE("folders of generative checkpoints give the ids and texts of transformers") {
  const json cases = json::parse(std::ifstream(folder_goldens() / "cases.json"));
  for (const auto& [name, one] : cases.items()) {
    CAPTURE(name);
    const medvlm::test::TemporaryFolder folder;
    write_case(folder.path(), one);
    const Tokenizer tokenizer = Tokenizer::from_folder(folder.path());
    int rows = 0;
    for (const auto& row : medvlm::test::read_json_lines(folder_goldens() / (name + ".jsonl.gz"))) {
      CAPTURE(row.dump());
      check_row(tokenizer, row);
      ++rows;
    }
    CHECK(rows > 100);
  }
  CHECK(cases.size() >= 20);
}
