#include "medvlm/base/value.hpp"

#include <nlohmann/json.hpp>

namespace medvlm {
namespace {

nlohmann::json as_json(const Value& value) {
  if (const bool* flag = value.flag()) return *flag;
  if (const auto* integer = value.integer()) return *integer;
  if (const double* number = value.number()) return *number;
  if (const auto* text = value.text()) return *text;
  if (const auto* array = value.array()) {
    auto json = nlohmann::json::array();
    for (const Value& item : *array) json.push_back(as_json(item));
    return json;
  }
  if (const auto* table = value.table()) {
    auto json = nlohmann::json::object();
    for (const auto& [key, item] : *table) json[key] = as_json(item);
    return json;
  }
  return nullptr;
}

}  // namespace

std::string to_string(const Location& location) {
  if (location.line == 0) return location.file;
  return location.file + ":" + std::to_string(location.line) + ":" + std::to_string(location.column);
}

std::string Value::type_name() const {
  static constexpr const char* kNames[] = {"nothing", "boolean", "integer", "number", "text", "list", "table"};
  return kNames[data_.index()];
}

std::string Value::to_json() const {
  return as_json(*this).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace medvlm
