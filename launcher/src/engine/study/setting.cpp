// --set key=value
#include <charconv>

#include "medvlm/base/error.hpp"
#include "medvlm/registry/toml_value.hpp"
#include "study.hpp"
#include "study_include.hpp"

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
    const std::string* name = entry_name(entry);
    if (name && *name == part) return &entry;
  }
  return nullptr;
}

/// The entry that the parts from `first` on begin with; `first` moves behind it. Names may have dots: the longest counts.
Value* take_entry(Value::Array& array, const std::vector<std::string>& parts, std::size_t& first) {
  for (std::size_t count = parts.size() - first; count > 0; --count) {
    std::string name = parts[first];
    for (std::size_t i = 1; i < count; ++i) name += "." + parts[first + i];
    if (Value* entry = find_entry(array, name)) {
      first += count;
      return entry;
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
  for (std::size_t i = 0; i < parts.size();) {
    const std::string& part = parts[i];
    Value* next = nullptr;
    if (auto* array = place->array()) {
      next = take_entry(*array, parts, i);
    } else if (place->is_null() || place->table()) {
      if (place->is_null()) *place = Value(Value::Table{});
      next = &(*place->table())[part];
      ++i;
    }
    if (!next) throw Error(ErrorCode::usage, "--set " + setting + ": the study has no '" + part + "' there");
    place = next;
  }
  *place = parse_value(setting.substr(equals + 1));
  place->location = {"--set " + setting, 0, 0};
}

}  // namespace medvlm::launcher
