// A CLIP tokenizer that comes as vocab.json and merges.txt, put into the form of tokenizer.json.
#include <set>
#include <sstream>

#include "../checkpoint/json_text.hpp"
#include "json_part.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "pipeline.hpp"
#include "tokenizer_files.hpp"

namespace medvlm::sdk {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kSuffix = "</w>";
constexpr const char* kClipPattern = R"('s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)";

json read_merges(const fs::path& file) {
  std::istringstream lines(read_file(file));
  json merges = json::array();
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || line.starts_with("#version")) continue;
    const auto space = line.find(' ');
    if (space == line.npos || line.find(' ', space + 1) != line.npos) {
      fail_part(file.string() + ":" + std::to_string(number), "expected two tokens, found " + in_quotes(line));
    }
    merges.push_back({line.substr(0, space), line.substr(space + 1)});
  }
  return merges;
}

/// The pipeline below is CLIP's alone: other tokenizers with these two files split and normalise differently.
void check_is_clip(const json& config, const json& vocab, const fs::path& folder) {
  const auto name = config.find("tokenizer_class");
  if (name == config.end() ? vocab.contains(std::string("a") + kSuffix)
                           : *name == "CLIPTokenizer" || *name == "CLIPTokenizerFast") {
    return;
  }
  const std::string found = name == config.end() ? "without tokenizer_class" : "of the class " + name->dump();
  fail_part(folder.string(), "vocab.json and merges.txt are read for CLIP only, and this tokenizer is " + found +
                                 "; save it with tokenizer.json");
}

}  // namespace

json clip_tokenizer_json(const fs::path& folder) {
  for (const char* name : {"vocab.json", "merges.txt"}) {
    if (!fs::exists(folder / name)) {
      fail_part(folder.string(), "holds no tokenizer: neither tokenizer.json, spiece.model, tokenizer.model, vocab.txt nor "
                                 "vocab.json with merges.txt (" + std::string(name) + " is missing)");
    }
  }
  if (fs::exists(folder / "added_tokens.json")) {
    fail_part((folder / "added_tokens.json").string(), "is not read; save the tokenizer with tokenizer.json");
  }
  const json vocab = read_json_table(folder / "vocab.json");
  const json config = read_json_table_if_there(folder / "tokenizer_config.json");
  const json map = read_json_table_if_there(folder / "special_tokens_map.json");
  check_is_clip(config, vocab, folder);
  json added = json::array();
  json roles = {{"bos_token", "<|startoftext|>"}, {"eos_token", "<|endoftext|>"}, {"unk_token", "<|endoftext|>"},
                {"pad_token", "<|endoftext|>"}};
  std::set<std::string> seen;
  for (const char* role : {"bos_token", "eos_token", "unk_token", "pad_token"}) {
    for (const json* source : {&map, &config}) {
      if (source->contains(role) && !(*source)[role].is_null()) roles[role] = (*source)[role];
    }
    roles[role] = special_token(roles[role], vocab, "vocab.json", folder.string() + ": " + role);
    if (seen.insert(roles[role]["content"].get<std::string>()).second) added.push_back(roles[role]);
  }
  const auto pair = [&](const char* role) { return json::array({roles[role]["content"], roles[role]["id"]}); };
  const json byte_level = {{"type", "ByteLevel"}, {"add_prefix_space", false}};
  const json split = {
      {"type", "Split"}, {"pattern", {{"Regex", kClipPattern}}}, {"behavior", "Removed"}, {"invert", true}};
  const json squeeze = {{"type", "Replace"}, {"pattern", {{"Regex", "\\s+"}}}, {"content", " "}};
  return {
      {"added_tokens", added},
      {"normalizer",
       {{"type", "Sequence"},
        {"normalizers", json::array({{{"type", "NFC"}}, squeeze, {{"type", "Lowercase"}}})}}},
      {"pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", json::array({split, byte_level})}}},
      {"post_processor", {{"type", "RobertaProcessing"}, {"sep", pair("eos_token")}, {"cls", pair("bos_token")}}},
      {"decoder", {{"type", "ByteLevel"}}},
      {"model",
       {{"type", "BPE"},
        {"unk_token", roles["unk_token"]["content"]},
        {"end_of_word_suffix", kSuffix},
        {"vocab", vocab},
        {"merges", read_merges(folder / "merges.txt")}}}};
}

}  // namespace medvlm::sdk
