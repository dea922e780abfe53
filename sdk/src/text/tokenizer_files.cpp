// The small files beside a vocabulary.
#include "tokenizer_files.hpp"

#include "../checkpoint/json_text.hpp"
#include "json_part.hpp"
#include "medvlm/base/files.hpp"

namespace medvlm::sdk {

using nlohmann::json;

json read_json_table(const std::filesystem::path& file) {
  json table = parse_strict_json(read_file(file), file.string());
  if (!table.is_object()) fail_part(file.string(), "expected a table, found " + json_type_name(table));
  return table;
}

json read_json_table_if_there(const std::filesystem::path& file) {
  return std::filesystem::exists(file) ? read_json_table(file) : json::object();
}

std::string tokenizer_class(const json& config, const std::filesystem::path& folder) {
  constexpr std::string_view kFast = "Fast";
  std::string name =
      optional_text_at(config, "tokenizer_class", (folder / "tokenizer_config.json").string()).value_or("");
  if (name.ends_with(kFast)) name.resize(name.size() - kFast.size());
  return name;
}

json special_token(const json& role, const Vocabulary& vocab, const std::string& vocab_name, const std::string& place) {
  json token = role.is_string() ? json{{"content", role}} : role;
  if (!token.is_object()) fail_part(place, "expected text or a table, found " + json_type_name(token));
  token.erase("__type");
  const std::string content = text_at(token, "content", place);
  const auto id = vocab.id(content);
  if (!id) fail_part(place, in_quotes(content) + " is not in " + vocab_name);
  token["id"] = *id;
  token["special"] = true;
  return token;
}

}  // namespace medvlm::sdk
