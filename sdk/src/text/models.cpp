// The model and the added tokens of tokenizer.json.
#include "../checkpoint/json_text.hpp"
#include "json_part.hpp"
#include "medvlm/sdk/text/bpe.hpp"
#include "medvlm/sdk/text/unigram.hpp"
#include "medvlm/sdk/text/wordpiece.hpp"
#include "pipeline.hpp"

namespace medvlm::sdk {

using nlohmann::json;

namespace {

Vocabulary make_vocabulary(const json& part, LongLists& lists, const std::string& place) {
  if (lists.vocabulary) return {*std::move(lists.vocabulary), place};
  const json& vocab = part_at(part, "vocab", place);
  if (!vocab.is_object()) fail_part(place, "vocab: expected a table, found " + json_type_name(vocab));
  Vocabulary::Entries entries;
  entries.reserve(vocab.size());
  for (const auto& [token, id] : vocab.items()) {
    entries.emplace_back(token, id_of(id, place + ": vocab: " + in_quotes(token)));
  }
  return {std::move(entries), place};
}

/// "a b" or ["a", "b"]: the second form allows spaces in tokens.
std::pair<std::string, std::string> merge_of(const json& item, const std::string& place) {
  if (item.is_array() && item.size() == 2 && item[0].is_string() && item[1].is_string()) {
    return {item[0].get<std::string>(), item[1].get<std::string>()};
  }
  if (item.is_string()) {
    const auto& text = item.get_ref<const std::string&>();
    const auto space = text.find(' ');
    if (space != text.npos && text.find(' ', space + 1) == text.npos) {
      return {text.substr(0, space), text.substr(space + 1)};
    }
  }
  fail_part(place, "expected two tokens, found " + item.dump(-1, ' ', true).substr(0, 60));
}

Bpe::Merges merges_of(const json& part, const std::string& place) {
  Bpe::Merges merges;
  for (const auto& item : list_at(part, "merges", place)) {
    merges.push_back(merge_of(item, item_place(place + ": merges", merges.size())));
  }
  return merges;
}

std::unique_ptr<const TokenModel> make_bpe(const json& part, LongLists& lists, const std::string& place) {
  check_keys(part, place,
             {"dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback",
              "ignore_merges", "vocab", "merges"});
  const auto dropout = part.find("dropout");
  if (dropout != part.end() && !dropout->is_null() && *dropout != 0.0) fail_part(place, "dropout is not supported");
  if (!optional_text_at(part, "continuing_subword_prefix", place).value_or("").empty()) {
    fail_part(place, "continuing_subword_prefix is not supported");
  }
  BpeOptions options;
  options.end_of_word_suffix = optional_text_at(part, "end_of_word_suffix", place).value_or("");
  options.unk_token = optional_text_at(part, "unk_token", place);
  options.fuse_unk = flag_at(part, "fuse_unk", false, place);
  options.byte_fallback = flag_at(part, "byte_fallback", false, place);
  options.ignore_merges = flag_at(part, "ignore_merges", false, place);
  if (lists.merges) {
    return Bpe::from_views(make_vocabulary(part, lists, place), *lists.merges, std::move(options), place);
  }
  const auto merges = merges_of(part, place);
  return std::make_unique<const Bpe>(make_vocabulary(part, lists, place), merges, std::move(options), place);
}

std::unique_ptr<const TokenModel> make_unigram(const json& part, const std::string& place) {
  check_keys(part, place, {"unk_id", "vocab", "byte_fallback"});
  std::vector<UnigramPiece> pieces;
  for (const auto& item : list_at(part, "vocab", place)) {
    if (!item.is_array() || item.size() != 2 || !item[0].is_string() || !item[1].is_number()) {
      fail_part(item_place(place + ": vocab", pieces.size()), "expected a text and its score");
    }
    pieces.push_back({item[0].get<std::string>(), item[1].get<double>(), UnigramPiece::Use::normal});
  }
  UnigramOptions options;
  const auto unk = part.find("unk_id");
  if (unk != part.end() && !unk->is_null()) options.unk_id = id_of(*unk, place + ": unk_id");
  options.byte_fallback = flag_at(part, "byte_fallback", false, place);
  return std::make_unique<const Unigram>(std::move(pieces), options, place);
}

std::unique_ptr<const TokenModel> make_wordpiece(const json& part, LongLists& lists, const std::string& place) {
  check_keys(part, place, {"unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab"});
  WordPieceOptions options;
  options.unk_token = optional_text_at(part, "unk_token", place).value_or(options.unk_token);
  options.prefix = optional_text_at(part, "continuing_subword_prefix", place).value_or(options.prefix);
  if (const auto longest = part.find("max_input_chars_per_word"); longest != part.end()) {
    if (!longest->is_number_unsigned()) fail_part(place, "max_input_chars_per_word: expected a count");
    options.longest_word = longest->get<std::size_t>();
  }
  return std::make_unique<const WordPiece>(make_vocabulary(part, lists, place), std::move(options), place);
}

}  // namespace

std::unique_ptr<const TokenModel> make_model(const json& part, LongLists& lists, const std::string& place) {
  const std::string type = part_type(part, place);
  if (type == "BPE") return make_bpe(part, lists, place);
  if (type == "Unigram") return make_unigram(part, place);
  if (type == "WordPiece") return make_wordpiece(part, lists, place);
  fail_part(place, "the model " + in_quotes(type) + " is not supported");
}

std::vector<AddedToken> make_added_tokens(const json& part, const std::string& place) {
  std::vector<AddedToken> tokens;
  if (part.is_null()) return tokens;
  if (!part.is_array()) fail_part(place, "expected a list, found " + json_type_name(part));
  for (const auto& item : part) {
    const std::string item_name = item_place(place, tokens.size());
    check_keys(item, item_name, {"id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"});
    AddedToken token;
    token.content = text_at(item, "content", item_name);
    token.id = id_of(part_at(item, "id", item_name), item_name + ": id");
    token.single_word = flag_at(item, "single_word", false, item_name);
    token.strip_left = flag_at(item, "lstrip", false, item_name);
    token.strip_right = flag_at(item, "rstrip", false, item_name);
    token.special = flag_at(item, "special", false, item_name);
    token.normalized = flag_at(item, "normalized", !token.special, item_name);
    tokens.push_back(std::move(token));
  }
  return tokens;
}

}  // namespace medvlm::sdk
