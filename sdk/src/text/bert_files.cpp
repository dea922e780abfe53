// A BERT tokenizer that comes as vocab.txt, put into the form of tokenizer.json.
#include <map>
#include <optional>
#include <unordered_map>

#include "../checkpoint/json_text.hpp"
#include "json_part.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/sdk/text/unicode.hpp"
#include "pipeline.hpp"
#include "tokenizer_files.hpp"

namespace medvlm::sdk {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// A token's id is the number of its line, from 0.
Vocabulary::Entries read_vocabulary(const fs::path& file) {
  const std::string text = read_file(file);
  Vocabulary::Entries vocabulary;
  std::unordered_map<std::string, std::size_t> lines;
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string token = text.substr(begin, end - begin);
    begin = end + 1;
    if (token.ends_with('\r')) token.pop_back();
    const std::string place = file.string() + ":" + std::to_string(number + 1);
    if (token.empty()) fail_part(place, "the line is empty; expected a token (the file is damaged, fetch it again)");
    if (invalid_utf8_at(token)) fail_part(place, "is not valid UTF-8; the file is damaged, fetch it again");
    const auto [same, added] = lines.emplace(token, number);
    if (!added) fail_part(place, in_quotes(token) + " is on line " + std::to_string(same->second + 1) + " already");
    vocabulary.emplace_back(std::move(token), static_cast<std::int64_t>(number));
  }
  if (vocabulary.empty()) fail_part(file.string(), "is empty; expected a token on each line");
  return vocabulary;
}

/// The pipeline below is BERT's; others that come with a vocab.txt split and normalise differently.
void check_is_bert(const json& config, const fs::path& folder) {
  const std::string name = tokenizer_class(config, folder);
  if (name.empty() || name == "BertTokenizer" || name == "DistilBertTokenizer") return;
  fail_part((folder / "tokenizer_config.json").string(), "vocab.txt is read as BERT's, and this tokenizer is of the class " +
                                                             in_quotes(name) + "; save it with tokenizer.json");
}

/// What tokenizer_config.json lists by id, with how each token is to be found.
std::map<std::string, json> listed_tokens(const json& config, const std::string& place) {
  std::map<std::string, json> tokens;
  const auto list = config.find("added_tokens_decoder");
  if (list == config.end() || list->is_null()) return tokens;
  if (!list->is_object()) fail_part(place, "added_tokens_decoder: expected a table, found " + json_type_name(*list));
  for (const auto& [id, item] : list->items()) {
    const std::string item_name = place + ": added_tokens_decoder: " + in_quotes(id);
    const json number = json::parse(id, nullptr, false);
    json token = item;
    if (!token.is_object()) fail_part(item_name, "expected a table, found " + json_type_name(token));
    id_of(number, item_name);  // complains if it is none
    token["id"] = number;
    tokens[text_at(token, "content", item_name)] = token;
  }
  return tokens;
}

/// The special tokens by their role, e.g. "cls_token", as items of "added_tokens".
class Roles {
 public:
  Roles(const fs::path& vocab_file, const Vocabulary& vocab, const json& config)
      : vocab_name_(vocab_file.filename().string()), folder_(vocab_file.parent_path()), vocab_(vocab), config_(config) {
    map_ = read_json_table_if_there(folder_ / "special_tokens_map.json");
    // As in the reference: the older file counts unless the newer one lists its tokens.
    if (config_.contains("added_tokens_decoder")) std::swap(first_, second_);
    for (const auto& [role, fallback] : {std::pair{"cls_token", "[CLS]"}, {"sep_token", "[SEP]"}, {"unk_token", "[UNK]"},
                                         {"pad_token", "[PAD]"}}) {
      add(role, named(role).value_or(fallback));
    }
    // A model that only encodes may lack these.
    if (vocab_.id("[MASK]")) add("mask_token", "[MASK]");
    for (const char* role : {"mask_token", "bos_token", "eos_token"}) {
      if (const auto token = named(role)) add(role, *token);
    }
  }

  const json& operator[](const std::string& role) const { return tokens_.at(role); }
  const std::map<std::string, json>& all() const { return tokens_; }

 private:
  std::optional<json> named(const char* role) const {
    for (const json* source : {first_, second_}) {
      const auto found = source->find(role);
      if (found != source->end() && !found->is_null()) return *found;
    }
    return std::nullopt;
  }
  void add(const std::string& role, const json& token) {
    tokens_[role] = special_token(token, vocab_, vocab_name_, folder_.string() + ": " + role);
  }

  std::string vocab_name_;
  fs::path folder_;
  const Vocabulary& vocab_;
  const json& config_;
  json map_;
  const json* first_ = &map_;
  const json* second_ = &config_;
  std::map<std::string, json> tokens_;
};

json normalizer_of(const json& config, const std::string& place) {
  return {{"type", "BertNormalizer"},
          {"clean_text", true},
          {"handle_chinese_chars", flag_at(config, "tokenize_chinese_chars", true, place)},
          {"strip_accents", config.value("strip_accents", json())},
          {"lowercase", flag_at(config, "do_lower_case", true, place)}};
}

}  // namespace

PipelineParts bert_parts(const fs::path& vocabulary) {
  const fs::path folder = vocabulary.parent_path();
  if (fs::exists(folder / "added_tokens.json")) {
    fail_part((folder / "added_tokens.json").string(), "is not read; save the tokenizer with tokenizer.json");
  }
  LongLists lists;
  lists.vocabulary = read_vocabulary(vocabulary);
  const Vocabulary vocab(*lists.vocabulary, vocabulary.string());
  const json config = read_json_table_if_there(folder / "tokenizer_config.json");
  const std::string config_name = (folder / "tokenizer_config.json").string();
  check_is_bert(config, folder);

  const Roles roles(vocabulary, vocab, config);
  std::map<std::string, json> added = listed_tokens(config, config_name);
  for (const auto& [unused, token] : roles.all()) added.emplace(token["content"], token);
  json added_list = json::array();
  for (const auto& [unused, token] : added) added_list.push_back(token);

  const auto pair = [&](const char* role) { return json::array({roles[role]["content"], roles[role]["id"]}); };
  const json steps = {
      {"added_tokens", added_list},
      {"normalizer", normalizer_of(config, config_name)},
      {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
      {"post_processor", {{"type", "BertProcessing"}, {"sep", pair("sep_token")}, {"cls", pair("cls_token")}}},
      {"decoder", {{"type", "WordPiece"}}},
      {"model", {{"type", "WordPiece"}, {"unk_token", roles["unk_token"]["content"]}}}};
  PipelineParts parts = json_parts(steps, lists, vocabulary.string());
  parts.file = vocabulary;
  return parts;
}

}  // namespace medvlm::sdk
