// tokenizer.json with its long lists.
#include "tokenizer_json.hpp"

#include <set>

#include "../checkpoint/json_text.hpp"
#include "json_cursor.hpp"
#include "json_part.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::sdk {
namespace {

using nlohmann::json;

/// {"a": 0, "b": 1}
bool walk_vocabulary(JsonCursor& cursor, LongLists& lists) {
  auto& entries = lists.vocabulary.emplace();
  if (!cursor.sign('{')) return false;
  if (cursor.sign('}')) return true;
  do {
    std::string_view token;
    std::int64_t id = 0;
    if (!cursor.string(token) || !cursor.sign(':') || !cursor.number(id)) return false;
    entries.emplace_back(token, id);
  } while (cursor.sign(','));
  return cursor.sign('}');
}

/// "a b" or ["a", "b"]: the second form allows spaces in tokens.
bool walk_merge(JsonCursor& cursor, Bpe::MergeViews& merges) {
  auto& [left, right] = merges.emplace_back();
  if (cursor.sign('[')) return cursor.string(left) && cursor.sign(',') && cursor.string(right) && cursor.sign(']');
  std::string_view both;
  if (!cursor.string(both)) return false;
  const auto space = both.find(' ');
  if (space == both.npos || both.find(' ', space + 1) != both.npos) return false;
  left = both.substr(0, space);
  right = both.substr(space + 1);
  return true;
}

bool walk_merges(JsonCursor& cursor, LongLists& lists) {
  auto& merges = lists.merges.emplace();
  if (!cursor.sign('[')) return false;
  if (cursor.sign(']')) return true;
  do {
    if (!walk_merge(cursor, merges)) return false;
  } while (cursor.sign(','));
  return cursor.sign(']');
}

/// An object with `read(key)` for each of its values.
template <typename Read>
bool walk_object(JsonCursor& cursor, const Read& read) {
  std::set<std::string_view> keys;
  if (!cursor.sign('{')) return false;
  do {
    std::string_view key;
    if (!cursor.string(key) || !keys.insert(key).second || !cursor.sign(':') || !read(std::string(key))) return false;
  } while (cursor.sign(','));
  return cursor.sign('}');
}

bool walk_value(JsonCursor& cursor, json& value, const std::string& label) {
  std::string_view span;
  if (!cursor.value(span)) return false;
  value = parse_strict_json(span, label);
  return true;
}

bool walk_model(JsonCursor& cursor, json& model, const std::string& label, LongLists& lists) {
  model = json::object();
  return walk_object(cursor, [&](const std::string& key) {
    if (key == "vocab" && cursor.is_next('{')) return walk_vocabulary(cursor, lists);
    if (key == "merges" && cursor.is_next('[')) return walk_merges(cursor, lists);
    return walk_value(cursor, model[key], label);
  });
}

/// False, or an error, for anything but the form that tokenizers are written in.
bool walk_usual_form(std::string_view text, json& file, const std::string& label, LongLists& lists) {
  JsonCursor cursor(text, lists.unescaped);
  file = json::object();
  const bool whole = walk_object(cursor, [&](const std::string& key) {
    if (key == "model" && cursor.is_next('{')) return walk_model(cursor, file[key], label, lists);
    return walk_value(cursor, file[key], label);
  });
  return whole && cursor.at_end();
}

}  // namespace

json parse_tokenizer_json(std::string_view text, const std::string& label, LongLists& lists) {
  json file;
  try {
    if (!invalid_utf8_at(text) && walk_usual_form(text, file, label, lists)) return file;
  } catch (const Error&) {
    // What is wrong, and where, is for the parser of the whole text to say.
  }
  lists = {};
  return parse_strict_json(text, label);
}

Vocabulary::Entries parse_vocabulary_json(std::string_view text, const std::string& label) {
  LongLists lists;
  JsonCursor cursor(text, lists.unescaped);
  if (!invalid_utf8_at(text) && walk_vocabulary(cursor, lists) && cursor.at_end()) return *std::move(lists.vocabulary);
  const json table = parse_strict_json(text, label);
  if (!table.is_object()) fail_part(label, "expected a table, found " + json_type_name(table));
  Vocabulary::Entries entries;
  for (const auto& [token, id] : table.items()) entries.emplace_back(token, id_of(id, label + ": " + in_quotes(token)));
  return entries;
}

}  // namespace medvlm::sdk
