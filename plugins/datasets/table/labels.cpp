#include "labels.hpp"

#include <set>

#include "medvlm/sdk/table/fields.hpp"

namespace medvlm::table_dataset {
namespace {

/// The texts of a list option, or `fallback` if it is not given. Throws Error(config) for another length.
std::vector<std::string> list_of(const Options& options, const std::string& name, std::size_t size,
                                 std::vector<std::string> fallback) {
  if (!options.has(name)) return fallback;
  std::vector<std::string> list = options.texts(name);
  if (list.size() != size) {
    throw sdk::option_error(options, name, "expected one text per class, " + std::to_string(size) + ", found " +
                                          std::to_string(list.size()));
  }
  return list;
}

std::vector<std::string> class_names(const Options& options, const ColumnNames& names) {
  if (!names.labels.empty()) return list_of(options, "classes", names.labels.size(), names.labels);
  if (options.has("classes")) return options.texts("classes");
  if (options.has("class_texts")) return options.texts("class_texts");
  throw sdk::option_error(options, "classes", "list the names of the classes in index order");
}

}  // namespace

std::vector<ClassInfo> make_classes(const Options& options, const ColumnNames& names) {
  if (!names.label && names.labels.empty()) return {};
  const std::vector<std::string> class_list = class_names(options, names);
  const std::size_t size = class_list.size();
  if (names.label && size < 2) throw sdk::option_error(options, "classes", "at least two classes are needed");
  if (names.label && options.has("negative_texts")) {
    throw sdk::option_error(options, "negative_texts", "only multi-label datasets have them; leave it out");
  }
  if (std::set(class_list.begin(), class_list.end()).size() != size) {
    throw sdk::option_error(options, names.labels.empty() ? "classes" : "labels", "a name is given twice");
  }
  const auto texts = list_of(options, "class_texts", size, class_list);
  const auto negative = list_of(options, "negative_texts", size, std::vector<std::string>(size));
  std::vector<ClassInfo> classes;
  for (std::size_t i = 0; i < size; ++i) classes.push_back({class_list[i], texts[i], negative[i]});
  return classes;
}

std::int64_t read_label(const sdk::Table& table, std::size_t row, std::size_t column,
                        const std::vector<ClassInfo>& classes) {
  const std::string_view cell = sdk::trimmed(table.cell(row, column));
  const auto size = static_cast<std::int64_t>(classes.size());
  for (std::int64_t i = 0; i < size; ++i) {
    if (cell == classes[static_cast<std::size_t>(i)].name) return i;
  }
  const auto index = sdk::to_integer(cell);
  if (index && *index >= 0 && *index < size) return *index;
  std::string known;
  for (const ClassInfo& info : classes) known += (known.empty() ? "" : ", ") + info.name;
  throw table.error(row, "label '" + std::string(cell) + "' in column '" + table.columns()[column] +
                             "' is no class; known: " + known + ", or 0 to " + std::to_string(size - 1));
}

std::int8_t read_finding(const sdk::Table& table, std::size_t row, std::size_t column) {
  const std::string cell = sdk::lower_case(sdk::trimmed(table.cell(row, column)));
  if (cell.empty()) return -1;
  if (cell == "true" || cell == "yes") return 1;
  if (cell == "false" || cell == "no") return 0;
  const auto value = sdk::to_integer(cell);
  if (value && *value >= -1 && *value <= 1) return static_cast<std::int8_t>(*value);
  throw table.error(row, "'" + cell + "' in column '" + table.columns()[column] +
                             "' is no finding; known: 1, 0, true, false, yes, no, and -1 or nothing for unknown");
}

}  // namespace medvlm::table_dataset
