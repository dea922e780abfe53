// Reading result.json without trusting it: what is missing or of another type is empty.
#pragma once

#include <limits>
#include <string>

#include <nlohmann/json.hpp>

namespace medvlm::report {

/// The member of that name; null where there is none.
inline const nlohmann::json& member_of(const nlohmann::json& object, const char* key) {
  static const nlohmann::json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(key);
  return found == object.end() ? kNothing : *found;
}

/// A member that is text, else empty.
inline std::string text_of(const nlohmann::json& object, const char* key) {
  const nlohmann::json& value = member_of(object, key);
  return value.is_string() ? value.get<std::string>() : "";
}

/// A member that is a number, else NaN.
inline double number_of(const nlohmann::json& object, const char* key) {
  const nlohmann::json& value = member_of(object, key);
  return value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

/// A member that is a list, else an empty one.
inline const nlohmann::json& list_of(const nlohmann::json& object, const char* key) {
  static const nlohmann::json kNone = nlohmann::json::array();
  const nlohmann::json& value = member_of(object, key);
  return value.is_array() ? value : kNone;
}

}  // namespace medvlm::report
