// Strict JSON for files that others wrote.
#include "json_text.hpp"

#include <set>
#include <vector>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::sdk {

using nlohmann::json;

json parse_strict_json(std::string_view text, const std::string& label, int max_depth) {
  if (const auto bad = invalid_utf8_at(text)) {
    throw Error(ErrorCode::checkpoint, label + ": is not valid UTF-8 (byte " + std::to_string(*bad) + ")");
  }
  std::vector<std::set<std::string>> open_objects;
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    using Event = json::parse_event_t;
    if ((event == Event::object_start || event == Event::array_start) && depth >= max_depth) {
      throw Error(ErrorCode::checkpoint, label + ": is nested more than " + std::to_string(max_depth) + " deep");
    }
    if (event == Event::object_start) open_objects.emplace_back();
    if (event == Event::object_end) open_objects.pop_back();
    if (event == Event::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!open_objects.back().insert(key).second) {
        throw Error(ErrorCode::checkpoint, label + ": the key " + in_quotes(key) + " appears twice in one table");
      }
    }
    return true;
  };
  try {
    return json::parse(text.begin(), text.end(), watch);
  } catch (const json::exception& error) {
    const std::string why = error.what();
    throw Error(ErrorCode::checkpoint, label + ": is not valid JSON: " + why.substr(why.find(']') + 2, 200));
  }
}

std::string json_type_name(const json& value) {
  if (value.is_string()) return "text";
  if (value.is_number_integer()) return "integer";
  if (value.is_number()) return "number";
  if (value.is_boolean()) return "boolean";
  if (value.is_array()) return "list";
  if (value.is_object()) return "table";
  return "nothing";
}

std::string in_quotes(std::string_view name) {
  constexpr std::size_t kLongest = 120;
  std::string shown(name.substr(0, kLongest));
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return "'" + shown + (name.size() > kLongest ? "...'" : "'");
}

}  // namespace medvlm::sdk
