// --set key=value
#include <charconv>

#include "medvlm/base/error.hpp"
#include "medvlm/registry/toml_value.hpp"
#include "study.hpp"

namespace medvlm::launcher {
namespace {

/// "models[0].checkpoint" -> models, 0, checkpoint
std::vector<std::string> split_key(const std::string& key) {
  std::vector<std::string> parts{""};
  for (const char c : key) {
    if (c == '.' || c == '[') {
      if (!parts.back().empty()) parts.emplace_back();
    } else if (c != ']') {
      parts.back() += c;
    }
  }
  return parts;
}

Value parse_value(const std::string& text) {
  try {
    const Value parsed = registry::parse_toml("value = " + text, "--set");
    return parsed.table()->at("value");
  } catch (const Error&) {
    return Value(text);  // not TOML: a text without quotes
  }
}

/// The entry of a list by position or by its name (or plugin, where it has none).
Value* find_entry(Value::Array& array, const std::string& part) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  if (error == std::errc() && end == part.data() + part.size()) return index < array.size() ? &array[index] : nullptr;
  for (Value& entry : array) {
    if (!entry.table()) continue;
    for (const char* key : {"name", "plugin"}) {
      const auto found = entry.table()->find(key);
      if (found == entry.table()->end()) continue;
      if (found->second.text() && *found->second.text() == part) return &entry;
      break;
    }
  }
  return nullptr;
}

}  // namespace

void apply_setting(Value& study, const std::string& setting) {
  const std::size_t equals = setting.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Error(ErrorCode::usage, "--set needs key=value, e.g. --set run.batch_size=8; found '" + setting + "'");
  }
  const std::vector<std::string> parts = split_key(setting.substr(0, equals));
  Value* place = &study;
  for (const std::string& part : parts) {
    Value* next = nullptr;
    if (auto* array = place->array()) {
      next = find_entry(*array, part);
    } else if (place->is_null() || place->table()) {
      if (place->is_null()) *place = Value(Value::Table{});
      next = &(*place->table())[part];
    }
    if (!next) throw Error(ErrorCode::usage, "--set " + setting + ": the study has no '" + part + "' there");
    place = next;
  }
  *place = parse_value(setting.substr(equals + 1));
  place->location = {"--set " + setting, 0, 0};
}

}  // namespace medvlm::launcher
