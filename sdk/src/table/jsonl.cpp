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

using UseObject = std::function<void(const Json&, std::int64_t line)>;

/// Calls `use` with each object and its line.
void for_each_object(std::string_view text, const std::string& origin, const UseObject& use) {
  check_text(text, origin);
  text = without_mark(text);
  for (std::int64_t line = 1; !text.empty(); ++line) {
    const std::size_t end = text.find('\n');
    const std::string_view content = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (content.empty()) continue;
    const Json json = parse_line(content, origin, line);
    if (!json.is_object()) fail(origin, line, "expected an object in braces, found " + std::string(json.type_name()));
    use(json, line);
  }
}

/// Cuts the text of a JSON list into its objects, each of which is then parsed alone: so lines are known.
class ListCutter {
 public:
  ListCutter(std::string_view text, const std::string& origin) : text_(text), origin_(origin) {}

  void each(const UseObject& use) {
    expect('[', "expected a list of objects in brackets (a file with one object per line is named .jsonl)");
    if (peek() == ']') {
      ++at_;
    } else {
      do {
        if (peek() != '{') fail(origin_, line_, "expected an object in braces");
        const std::int64_t line = line_;
        use(parse_line(take_object(), origin_, line), line);
      } while (take_comma());
      expect(']', "expected a comma or the list's closing bracket after an object; is the file complete?");
    }
    if (peek() != '\0') fail(origin_, line_, "there is text after the list");
  }

 private:
  /// The next character that is no white space; zero at the end.
  char peek() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') ++line_;
      if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return c;
    }
    return '\0';
  }
  void expect(char c, const std::string& complaint) {
    if (peek() != c) fail(origin_, line_, complaint);
    ++at_;
  }
  bool take_comma() {
    const bool comma = peek() == ',';
    at_ += comma;
    return comma;
  }
  /// From an opening brace to the one that closes it; what lies between is checked when it is parsed.
  std::string_view take_object() {
    const std::size_t begin = at_;
    const std::int64_t first_line = line_;
    bool quoted = false;
    for (int depth = 0; at_ < text_.size();) {
      const char c = text_[at_++];
      if (c == '\n') ++line_;
      if (quoted) {
        if (c == '\\') ++at_;
        quoted = c != '"';
      } else {
        quoted = c == '"';
        depth += (c == '{') - (c == '}');
        if (depth == 0) return text_.substr(begin, at_ - begin);
      }
    }
    fail(origin_, first_line, "this object is never closed; is the file complete?");
  }

  std::string_view text_;
  const std::string& origin_;
  std::size_t at_ = 0;
  std::int64_t line_ = 1;
};

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

/// A table of the objects that `each` gives.
Table table_of(const std::string& origin, const std::function<void(const UseObject&)>& each) {
  std::vector<std::string> columns;
  std::unordered_map<std::string, std::size_t> index;
  std::vector<std::pair<std::vector<std::string>, std::int64_t>> rows;
  each([&](const Json& json, std::int64_t line) {
    std::vector<std::string> cells(columns.size());
    for (const auto& [key, item] : json.items()) {
      const auto [found, added] = index.try_emplace(key, columns.size());
      if (added) columns.push_back(key);
      cells.resize(columns.size());
      cells[found->second] = to_text(item);
    }
    rows.emplace_back(std::move(cells), line);
  });
  if (rows.empty()) fail(origin, 1, "the file is empty; JSON objects are needed, one a row");
  Table table(origin, columns);
  for (auto& [cells, line] : rows) {
    cells.resize(columns.size());
    table.add_row(cells, line);
  }
  return table;
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
  return table_of(origin, [&](const UseObject& use) { for_each_object(text, origin, use); });
}

Table read_jsonl_table(const std::filesystem::path& file) {
  return parse_jsonl_table(read_table_text(file.string()), file.string());
}

Table parse_json_list_table(std::string_view text, const std::string& origin) {
  check_text(text, origin);
  return table_of(origin, [&](const UseObject& use) { ListCutter(without_mark(text), origin).each(use); });
}

Table read_json_list_table(const std::filesystem::path& file) {
  return parse_json_list_table(read_table_text(file.string()), file.string());
}

}  // namespace medvlm::sdk
