#include "medvlm/base/options.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "medvlm/base/error.hpp"

namespace medvlm {
namespace {

constexpr std::array<std::pair<OptionType, std::string_view>, 9> kTypes = {{{OptionType::flag, "flag"},
                                                                           {OptionType::integer, "integer"},
                                                                           {OptionType::number, "number"},
                                                                           {OptionType::text, "text"},
                                                                           {OptionType::path, "path"},
                                                                           {OptionType::choice, "choice"},
                                                                           {OptionType::text_list, "text_list"},
                                                                           {OptionType::number_list, "number_list"},
                                                                           {OptionType::table, "table"}}};

[[noreturn]] void undeclared(std::string_view name, std::string_view type) {
  throw Error(ErrorCode::internal,
              "the plugin reads option '" + std::string(name) + "' as " + std::string(type) +
                  ", but its plugin.toml does not declare it so");
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

/// Checks one option's value and brings it into canonical form; returns the complaint or an empty string.
class OptionCheck {
 public:
  OptionCheck(const OptionSpec& spec, const std::filesystem::path& base) : spec_(spec), base_(base) {}

  std::string check(Value& value) const {
    switch (spec_.type) {
      case OptionType::flag: return value.flag() ? "" : expected("true or false", value);
      case OptionType::integer: return value.integer() ? in_range(double(*value.integer())) : expected("an integer", value);
      case OptionType::number: return number(value);
      case OptionType::text: return value.text() ? "" : expected("a text", value);
      case OptionType::path: return path(value);
      case OptionType::choice: return choice(value);
      case OptionType::text_list: return list(value, "a list of texts", [](Value& item) { return item.text() != nullptr; });
      case OptionType::number_list:
        return list(value, "a list of numbers", [](Value& item) { return to_number(item); });
      case OptionType::table: return value.table() ? "" : expected("a table", value);
    }
    return "";
  }

 private:
  static std::string expected(std::string_view what, const Value& found) {
    return "expected " + std::string(what) + ", found " + found.type_name();
  }
  static bool to_number(Value& value) {
    if (const auto* integer = value.integer()) {
      const Location location = value.location;
      value = Value(double(*integer));
      value.location = location;
    }
    return value.number() != nullptr;
  }
  std::string in_range(double number) const {
    auto show = [](double limit) {
      std::string text = std::to_string(limit);
      text.erase(text.find_last_not_of('0') + 1);
      if (text.back() == '.') text.pop_back();
      return text;
    };
    if (spec_.minimum && !(number >= *spec_.minimum)) return "must be at least " + show(*spec_.minimum);
    if (spec_.maximum && !(number <= *spec_.maximum)) return "must be at most " + show(*spec_.maximum);
    return "";
  }
  std::string number(Value& value) const {
    return to_number(value) ? in_range(*value.number()) : expected("a number", value);
  }
  std::string path(Value& value) const {
    if (!value.text()) return expected("a path", value);
    if (value.text()->empty()) return "the path is empty";
    const std::filesystem::path given(*value.text());
    if (given.is_relative()) {
      const Location location = value.location;
      value = Value((base_ / given).lexically_normal().string());
      value.location = location;
    }
    return "";
  }
  std::string choice(const Value& value) const {
    if (!value.text()) return expected("a text", value);
    if (std::find(spec_.choices.begin(), spec_.choices.end(), *value.text()) != spec_.choices.end()) return "";
    return "'" + *value.text() + "' is not one of its choices" + suggestion(*value.text(), spec_.choices);
  }
  template <typename Test>
  std::string list(Value& value, std::string_view what, Test test) const {
    if (!value.array()) return expected(what, value);
    for (Value& item : *value.array()) {
      if (!test(item)) return expected(what, item) + " in the list";
    }
    return "";
  }

  const OptionSpec& spec_;
  const std::filesystem::path& base_;
};

}  // namespace

std::string_view option_type_name(OptionType type) {
  for (const auto& [known, name] : kTypes) {
    if (known == type) return name;
  }
  return "text";
}

std::optional<OptionType> option_type_from_name(std::string_view name) {
  for (const auto& [type, known] : kTypes) {
    if (known == name) return type;
  }
  return std::nullopt;
}

std::string to_string(const Diagnostic& diagnostic) {
  std::string text = to_string(diagnostic.location);
  if (!text.empty()) text += ": ";
  if (!diagnostic.key.empty()) text += diagnostic.key + ": ";
  return text + diagnostic.message;
}

const Value& Options::get(std::string_view name) const {
  const auto found = values_.find(std::string(name));
  if (found == values_.end() || found->second.is_null()) {
    throw Error(ErrorCode::config, "option '" + std::string(name) + "' is needed here, but was not given");
  }
  return found->second;
}

bool Options::has(std::string_view name) const {
  const auto found = values_.find(std::string(name));
  return found != values_.end() && !found->second.is_null();
}

bool Options::flag(std::string_view name) const {
  const bool* flag = get(name).flag();
  if (!flag) undeclared(name, "a flag");
  return *flag;
}

std::int64_t Options::integer(std::string_view name) const {
  const auto* integer = get(name).integer();
  if (!integer) undeclared(name, "an integer");
  return *integer;
}

double Options::number(std::string_view name) const {
  const Value& value = get(name);
  if (const double* number = value.number()) return *number;
  if (const auto* integer = value.integer()) return double(*integer);
  undeclared(name, "a number");
}

const std::string& Options::text(std::string_view name) const {
  const auto* text = get(name).text();
  if (!text) undeclared(name, "a text");
  return *text;
}

std::filesystem::path Options::path(std::string_view name) const { return text(name); }

std::vector<std::string> Options::texts(std::string_view name) const {
  const auto* array = get(name).array();
  if (!array) undeclared(name, "a list of texts");
  std::vector<std::string> texts;
  for (const Value& item : *array) {
    if (!item.text()) undeclared(name, "a list of texts");
    texts.push_back(*item.text());
  }
  return texts;
}

std::vector<double> Options::numbers(std::string_view name) const {
  const auto* array = get(name).array();
  if (!array) undeclared(name, "a list of numbers");
  std::vector<double> numbers;
  for (const Value& item : *array) {
    if (!item.number()) undeclared(name, "a list of numbers");
    numbers.push_back(*item.number());
  }
  return numbers;
}

const Value::Table& Options::table(std::string_view name) const {
  const auto* table = get(name).table();
  if (!table) undeclared(name, "a table");
  return *table;
}

Location Options::location(std::string_view name) const {
  const auto found = values_.find(std::string(name));
  return found == values_.end() ? Location{} : found->second.location;
}

Options resolve_options(const std::vector<OptionSpec>& specs, const Value& given, const std::filesystem::path& base,
                        const std::string& prefix, std::vector<Diagnostic>& diagnostics) {
  static const Value::Table kNothing;
  const Value::Table& table = given.table() ? *given.table() : kNothing;
  const std::string dot = prefix.empty() ? "" : prefix + ".";
  std::vector<std::string> names;
  for (const OptionSpec& spec : specs) names.push_back(spec.name);
  for (const auto& [key, value] : table) {
    if (std::find(names.begin(), names.end(), key) == names.end()) {
      diagnostics.push_back({value.location, dot + key, "unknown option" + suggestion(key, names)});
    }
  }
  Value::Table resolved;
  for (const OptionSpec& spec : specs) {
    const auto found = table.find(spec.name);
    if (found == table.end()) {
      if (spec.required) {
        diagnostics.push_back({given.location, dot + spec.name,
                               "required option is missing (" + std::string(option_type_name(spec.type)) + ": " +
                                   spec.help + ")"});
      } else if (!spec.default_value.is_null()) {
        resolved[spec.name] = spec.default_value;
      }
      continue;
    }
    Value value = found->second;
    if (const std::string complaint = OptionCheck(spec, base).check(value); !complaint.empty()) {
      diagnostics.push_back({value.location, dot + spec.name, complaint});
    } else {
      resolved[spec.name] = std::move(value);
    }
  }
  return Options(std::move(resolved));
}

std::optional<std::string> nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  std::optional<std::string> best;
  std::size_t best_distance = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    if (const std::size_t distance = edit_distance(name, candidate); distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string suggestion(std::string_view name, const std::vector<std::string>& candidates) {
  if (candidates.empty()) return "";
  if (const auto near = nearest_name(name, candidates)) return "; did you mean '" + *near + "'?";
  std::string text = "; known: ";
  for (std::size_t i = 0; i < candidates.size(); ++i) text += (i ? ", " : "") + candidates[i];
  return text;
}

}  // namespace medvlm
