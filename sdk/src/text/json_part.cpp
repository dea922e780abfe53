// Reading one part of tokenizer.json.
#include "json_part.hpp"

#include <algorithm>
#include <limits>

#include "../checkpoint/json_text.hpp"
#include "medvlm/base/error.hpp"

namespace medvlm::sdk {

using nlohmann::json;

void fail_part(const std::string& place, const std::string& complaint) {
  throw Error(ErrorCode::checkpoint, place + ": " + complaint);
}

std::string part_type(const json& part, const std::string& place) {
  if (!part.is_object()) fail_part(place, "expected a table, found " + json_type_name(part));
  return text_at(part, "type", place);
}

void check_keys(const json& part, const std::string& place, std::initializer_list<std::string_view> known) {
  if (!part.is_object()) fail_part(place, "expected a table, found " + json_type_name(part));
  for (const auto& [key, unused] : part.items()) {
    if (key != "type" && std::find(known.begin(), known.end(), key) == known.end()) {
      fail_part(place, "the key " + in_quotes(key) + " is not understood; this tokenizer is not supported");
    }
  }
}

const json& part_at(const json& part, const char* key, const std::string& place) {
  if (!part.is_object()) fail_part(place, "expected a table, found " + json_type_name(part));
  const auto found = part.find(key);
  if (found == part.end()) fail_part(place, "has no " + std::string(key));
  return *found;
}

const json& list_at(const json& part, const char* key, const std::string& place) {
  const json& value = part_at(part, key, place);
  if (!value.is_array()) fail_part(place, std::string(key) + ": expected a list, found " + json_type_name(value));
  return value;
}

std::string text_at(const json& part, const char* key, const std::string& place) {
  const json& value = part_at(part, key, place);
  if (!value.is_string()) fail_part(place, std::string(key) + ": expected text, found " + json_type_name(value));
  return value.get<std::string>();
}

std::optional<std::string> optional_text_at(const json& part, const char* key, const std::string& place) {
  const auto found = part.find(key);
  if (found == part.end() || found->is_null()) return std::nullopt;
  return text_at(part, key, place);
}

bool flag_at(const json& part, const char* key, bool fallback, const std::string& place) {
  const auto found = part.find(key);
  if (found == part.end()) return fallback;
  if (!found->is_boolean()) {
    fail_part(place, std::string(key) + ": expected a boolean, found " + json_type_name(*found));
  }
  return found->get<bool>();
}

std::int64_t id_of(const json& value, const std::string& place) {
  constexpr auto kLargest = std::numeric_limits<std::int32_t>::max();
  if (!value.is_number_integer() || value < 0 || value > kLargest) {
    fail_part(place, "expected a token id, found " + value.dump().substr(0, 40));
  }
  return value.get<std::int64_t>();
}

std::string item_place(const std::string& place, std::size_t item) { return place + "[" + std::to_string(item) + "]"; }

}  // namespace medvlm::sdk
