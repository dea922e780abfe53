// The tokens that the small files beside a vocabulary name.
#include "named_tokens.hpp"

#include <algorithm>
#include <set>

#include "../checkpoint/json_text.hpp"
#include "json_part.hpp"
#include "tokenizer_files.hpp"

namespace medvlm::sdk {

using nlohmann::json;

namespace {

/// In the order in which tokens without an id get one.
constexpr const char* kRoles[] = {"bos_token", "eos_token", "unk_token", "sep_token",
                                  "pad_token", "cls_token", "mask_token"};

/// A text, or a table with "content" and how the token is to be found.
AddedToken token_of(const json& value, const std::string& place) {
  AddedToken token;
  token.special = true;
  if (value.is_string()) {
    token.content = value.get<std::string>();
    return token;
  }
  if (!value.is_object()) fail_part(place, "expected text or a table, found " + json_type_name(value));
  check_keys(value, place, {"__type", "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"});
  token.content = text_at(value, "content", place);
  token.single_word = flag_at(value, "single_word", false, place);
  token.strip_left = flag_at(value, "lstrip", false, place);
  token.strip_right = flag_at(value, "rstrip", false, place);
  token.special = flag_at(value, "special", true, place);
  token.normalized = flag_at(value, "normalized", !token.special, place);
  return token;
}

}  // namespace

NamedTokens::NamedTokens(const std::filesystem::path& folder, const json& config, const Defaults& defaults) {
  for (const auto& [name, content] : defaults) add_role(name, content, name);
  const std::string config_place = (folder / "tokenizer_config.json").string();
  read_roles(config, config_place);
  if (const auto list = config.find("added_tokens_decoder"); list != config.end() && !list->is_null()) {
    read_list_by_id(*list, config_place + ": added_tokens_decoder");
    return;  // the two older files then count for nothing
  }
  const auto map = folder / "special_tokens_map.json";
  read_roles(read_json_table_if_there(map), map.string());
  const auto added = folder / "added_tokens.json";
  read_list_by_text(read_json_table_if_there(added), added.string());
}

void NamedTokens::add_role(const std::string& name, const json& token, const std::string& place) {
  roles_[name] = token.is_null() ? std::nullopt : std::optional(token_of(token, place));
  if (roles_[name]) roles_[name]->special = true;
}

void NamedTokens::read_roles(const json& source, const std::string& place) {
  for (const char* name : kRoles) {
    if (const auto found = source.find(name); found != source.end()) add_role(name, *found, place + ": " + name);
  }
  const auto more = source.find("additional_special_tokens");
  if (more == source.end() || more->is_null()) return;
  const json& list = list_at(source, "additional_special_tokens", place);
  for (std::size_t i = 0; i < list.size(); ++i) {
    AddedToken token = token_of(list[i], item_place(place + ": additional_special_tokens", i));
    token.special = true;
    if (!is_named(token.content)) others_.push_back(std::move(token));
  }
}

void NamedTokens::read_list_by_id(const json& list, const std::string& place) {
  if (!list.is_object()) fail_part(place, "expected a table, found " + json_type_name(list));
  for (const auto& [key, item] : list.items()) {
    const std::string item_name = place + ": " + in_quotes(key);
    AddedToken token = token_of(item, item_name);
    token.special = is_named(token.content) || (item.is_object() && flag_at(item, "special", false, item_name));
    token.id = id_of(json::parse(key, nullptr, false), item_name);
    listed_.push_back(std::move(token));
  }
}

void NamedTokens::read_list_by_text(const json& list, const std::string& place) {
  for (const auto& [content, id] : list.items()) {
    AddedToken token;
    token.content = content;
    token.special = is_named(content);
    token.normalized = !token.special;
    token.id = id_of(id, place + ": " + in_quotes(content));
    listed_.push_back(std::move(token));
  }
}

bool NamedTokens::has_role(const std::string& content) const {
  return std::any_of(roles_.begin(), roles_.end(),
                     [&](const auto& role) { return role.second && role.second->content == content; });
}

bool NamedTokens::is_named(const std::string& content) const {
  return has_role(content) || std::any_of(others_.begin(), others_.end(), [&](const AddedToken& token) {
           return token.content == content;
         });
}

std::optional<std::string> NamedTokens::role(const std::string& name) const {
  const auto found = roles_.find(name);
  if (found == roles_.end() || !found->second) return std::nullopt;
  return found->second->content;
}

void NamedTokens::complete(std::vector<AddedToken>& added, const Vocabulary& vocabulary) const {
  std::set<std::string> known;
  auto next = static_cast<std::int64_t>(vocabulary.size());
  const auto add = [&](const AddedToken& token) {
    if (token.content.empty() || !known.insert(token.content).second) return;
    next = std::max(next, token.id + 1);
    added.push_back(token);
  };
  for (const AddedToken& token : added) {
    known.insert(token.content);
    next = std::max(next, token.id + 1);
  }
  for (const AddedToken& token : listed_) add(token);
  const auto add_without_id = [&](AddedToken token) {
    while (vocabulary.token(next)) ++next;
    token.id = vocabulary.id(token.content).value_or(next);
    add(token);
  };
  for (const char* name : kRoles) {
    if (const auto found = roles_.find(name); found != roles_.end() && found->second) add_without_id(*found->second);
  }
  for (const AddedToken& token : others_) add_without_id(token);
}

}  // namespace medvlm::sdk
