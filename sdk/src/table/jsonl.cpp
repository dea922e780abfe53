#include "medvlm/sdk/table/jsonl.hpp"

#include <charconv>
#include <functional>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include <nlohmann/json.hpp>

#include "medvlm/sdk/table/fields.hpp"
#include "utf8.hpp"

namespace medvlm::sdk {
namespace {

using Json = nlohmann::ordered_json;
constexpr int kMaxDepth = 64;  // deeper values could exhaust the stack of the code that walks them

[[noreturn]] void fail(const std::string& origin, std::int64_t line, const std::string& message) {
  throw Error(ErrorCode::data, origin + ":" + std::to_string(line) + ": " + message);
}

Json parse_line(std::string_view text, const std::string& origin, std::int64_t line) {
  std::vector<std::unordered_set<std::string>> keys;  // of each open object
  const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > kMaxDepth) fail(origin, line, "values are nested more than " + std::to_string(kMaxDepth) + " deep");
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second) {
      fail(origin, line, "key '" + parsed.get<std::string>() + "' is used twice");
    }
    return true;
  };
  try {
    return Json::parse(text, watch);
  } catch (const nlohmann::json::exception& error) {
    std::string what = error.what();
    if (const auto end = what.find("] "); end != std::string::npos) what = what.substr(end + 2);
    fail(origin, line, "this is not JSON: " + what);
  }
}

/// Calls `row` with each object and its line.
void for_each_object(std::string_view text, const std::string& origin,
                     const std::function<void(const Json&, std::int64_t)>& row) {
  check_text(text, origin);
  text = without_mark(text);
  for (std::int64_t line = 1; !text.empty(); ++line) {
    const std::size_t end = text.find('\n');
    const std::string_view content = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (content.empty()) continue;
    const Json json = parse_line(content, origin, line);
    if (!json.is_object()) fail(origin, line, "expected an object in braces, found " + std::string(json.type_name()));
    row(json, line);
  }
}

Value to_value(const Json& json, const std::string& origin, std::int64_t line) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_string()) return json.get<std::string>();
  if (json.is_number_float()) return json.get<double>();
  if (json.is_number_unsigned() &&
      json.get<std::uint64_t>() > std::uint64_t(std::numeric_limits<std::int64_t>::max())) {
    fail(origin, line, "the integer " + json.dump() + " does not fit into 64 bits; write it as a text");
  }
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_array()) {
    Value::Array array;
    for (const Json& item : json) array.push_back(to_value(item, origin, line));
    return array;
  }
  if (json.is_object()) {
    Value::Table table;
    for (const auto& [key, item] : json.items()) table.emplace(key, to_value(item, origin, line));
    return table;
  }
  return {};
}

std::string to_text(const Json& json) {
  if (json.is_null()) return "";
  if (json.is_string()) return json.get<std::string>();
  if (json.is_number_float()) {
    char digits[32];
    return {digits, std::to_chars(digits, digits + sizeof(digits), json.get<double>()).ptr};
  }
  return json.dump();
}

}  // namespace

std::vector<JsonlRow> parse_jsonl(std::string_view text, const std::string& origin) {
  std::vector<JsonlRow> rows;
  for_each_object(text, origin, [&](const Json& json, std::int64_t line) {
    JsonlRow row{{}, line};
    for (const auto& [key, item] : json.items()) {
      Value value = to_value(item, origin, line);
      value.location = {origin, line, 1};
      row.object.emplace(key, std::move(value));
    }
    rows.push_back(std::move(row));
  });
  return rows;
}

std::vector<JsonlRow> read_jsonl(const std::filesystem::path& file) {
  return parse_jsonl(read_table_text(file.string()), file.string());
}

Table parse_jsonl_table(std::string_view text, const std::string& origin) {
  std::vector<std::string> columns;
  std::unordered_map<std::string, std::size_t> index;
  std::vector<std::pair<std::vector<std::string>, std::int64_t>> rows;
  for_each_object(text, origin, [&](const Json& json, std::int64_t line) {
    std::vector<std::string> cells(columns.size());
    for (const auto& [key, item] : json.items()) {
      const auto [found, added] = index.try_emplace(key, columns.size());
      if (added) columns.push_back(key);
      cells.resize(columns.size());
      cells[found->second] = to_text(item);
    }
    rows.emplace_back(std::move(cells), line);
  });
  if (rows.empty()) fail(origin, 1, "the file is empty; one JSON object per line is needed");
  Table table(origin, columns);
  for (auto& [cells, line] : rows) {
    cells.resize(columns.size());
    table.add_row(cells, line);
  }
  return table;
}

Table read_jsonl_table(const std::filesystem::path& file) {
  return parse_jsonl_table(read_table_text(file.string()), file.string());
}

}  // namespace medvlm::sdk
