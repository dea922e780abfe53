// Tokenizers that come as vocab.json and merges.txt, put into the form of tokenizer.json: CLIP's and Qwen2's.
#include "byte_pair_files.hpp"

#include <algorithm>
#include <set>

#include "../checkpoint/json_text.hpp"
#include "json_part.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "named_tokens.hpp"
#include "tokenizer_files.hpp"

namespace medvlm::sdk {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kSuffix = "</w>";
constexpr const char* kClipPattern = R"('s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)";

constexpr const char* kQwen2Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

/// Views into `text`; a first line that names a version, and empty lines, are passed over.
Bpe::MergeViews merge_lines(std::string_view text, const fs::path& file) {
  Bpe::MergeViews merges;
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || (number == 1 && line.starts_with("#version"))) continue;
    const auto space = line.find(' ');
    if (space == line.npos || line.find(' ', space + 1) != line.npos) {
      fail_part(file.string() + ":" + std::to_string(number), "expected two tokens, found " + in_quotes(line));
    }
    merges.emplace_back(line.substr(0, space), line.substr(space + 1));
  }
  return merges;
}

/// The two files; the lists' views are into `merges_text`.
struct BytePairFiles {
  explicit BytePairFiles(const fs::path& folder)
      : vocab_name((folder / "vocab.json").string()), merges_text(read_file(folder / "merges.txt")) {
    lists.vocabulary = parse_vocabulary_json(read_file(folder / "vocab.json"), vocab_name);
    lists.merges = merge_lines(merges_text, folder / "merges.txt");
  }
  bool has_word_ends() const {
    return std::any_of(lists.vocabulary->begin(), lists.vocabulary->end(),
                       [](const auto& entry) { return entry.first == std::string("a") + kSuffix; });
  }

  std::string vocab_name;
  std::string merges_text;
  LongLists lists;
};

/// What tokenizer.json would say for CLIP's files.
json clip_json(const fs::path& folder, const json& config, const Vocabulary& vocab) {
  const json map = read_json_table_if_there(folder / "special_tokens_map.json");
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
       {{"type", "BPE"}, {"unk_token", roles["unk_token"]["content"]}, {"end_of_word_suffix", kSuffix}}}};
}

PipelineParts clip_parts(BytePairFiles& files, const fs::path& folder, const json& config) {
  if (fs::exists(folder / "added_tokens.json")) {
    fail_part((folder / "added_tokens.json").string(), "is not read; save the tokenizer with tokenizer.json");
  }
  const Vocabulary vocab(*files.lists.vocabulary, files.vocab_name);
  return json_parts(clip_json(folder, config, vocab), files.lists, files.vocab_name);
}

/// As the tokenizer.json that transformers saves for Qwen2; its Python class splits the text in the same way.
PipelineParts qwen2_parts(BytePairFiles& files, const fs::path& folder, const json& config) {
  const json byte_level = {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", false}};
  const json split = {{"type", "Split"}, {"pattern", {{"Regex", kQwen2Pattern}}}, {"behavior", "Isolated"}};
  const json steps = {{"normalizer", {{"type", "NFC"}}},
                      {"pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", json::array({split, byte_level})}}},
                      {"decoder", byte_level},
                      {"model", {{"type", "BPE"}}}};
  PipelineParts parts = json_parts(steps, files.lists, files.vocab_name);
  constexpr const char* kEnd = "<|endoftext|>";
  const NamedTokens names(folder, config, {{"eos_token", kEnd}, {"pad_token", kEnd}, {"unk_token", kEnd}});
  names.complete(parts.added, parts.model->vocabulary());
  return parts;
}

}  // namespace

PipelineParts byte_pair_parts(const fs::path& folder, const json& config) {
  for (const char* name : {"vocab.json", "merges.txt"}) {
    if (!fs::exists(folder / name)) {
      fail_part(folder.string(), "holds no tokenizer: neither tokenizer.json, spiece.model, tokenizer.model, vocab.txt "
                                 "nor vocab.json with merges.txt (" + std::string(name) + " is missing)");
    }
  }
  const std::string name = tokenizer_class(config, folder);
  BytePairFiles files(folder);
  PipelineParts parts;
  if (name == "Qwen2Tokenizer") {
    parts = qwen2_parts(files, folder, config);
  } else if (name == "CLIPTokenizer" || (name.empty() && files.has_word_ends())) {
    parts = clip_parts(files, folder, config);
  } else {
    fail_part(folder.string(), "vocab.json and merges.txt are read for CLIP and Qwen2 only, and this tokenizer is " +
                                   (name.empty() ? "without tokenizer_class" : "of the class " + in_quotes(name)) +
                                   "; save it with tokenizer.json");
  }
  parts.file = folder / "vocab.json";
  return parts;
}

}  // namespace medvlm::sdk
