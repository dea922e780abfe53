#include "settings.hpp"

#include <algorithm>

#include "medvlm/sdk/table/split_file.hpp"

namespace medvlm::table_dataset {
namespace {

std::optional<std::string> text_if_given(const Options& options, const std::string& name) {
  return options.has(name) ? std::optional(options.text(name)) : std::nullopt;
}

std::vector<std::string> texts_if_given(const Options& options, const std::string& name) {
  return options.has(name) ? options.texts(name) : std::vector<std::string>{};
}

std::string value_text(const Options& options, const Value& value) {
  if (const auto* text = value.text()) return *text;
  if (const auto* integer = value.integer()) return std::to_string(*integer);
  throw sdk::option_error(options, "split_values", "expected a value or a list of values, found " + value.type_name());
}

SplitValues usual_split_values() {
  const auto& names = sdk::usual_split_names();
  return {names.begin(), names.end()};
}

}  // namespace

ColumnNames read_column_names(const Options& options) {
  ColumnNames names;
  names.image = options.text("image");
  names.id = text_if_given(options, "id");
  names.label = text_if_given(options, "label");
  names.labels = texts_if_given(options, "labels");
  names.split = text_if_given(options, "split");
  names.question = options.text("question");
  names.answer = options.text("answer");
  names.answer_type = text_if_given(options, "answer_type");
  names.groups = texts_if_given(options, "groups");
  names.cluster = text_if_given(options, "cluster");
  if (names.cluster && std::find(names.groups.begin(), names.groups.end(), *names.cluster) == names.groups.end()) {
    names.groups.push_back(*names.cluster);
  }
  const bool any_label = names.label || !names.labels.empty();
  if (options.text("task") == "vqa") {
    if (any_label) {
      throw sdk::option_error(options, names.label ? "label" : "labels", "task \"vqa\" has no labels; leave it out");
    }
  } else if (!any_label) {
    throw sdk::option_error(options, "label", "name the column with the class here, or several columns in 'labels'");
  } else if (names.label && !names.labels.empty()) {
    throw sdk::option_error(options, "labels", "give either 'label' (one class per image) or 'labels' (several findings)");
  }
  return names;
}

Sources read_sources(const Options& options) {
  Sources sources;
  if (options.has("file")) sources.file = options.path("file");
  if (options.has("image_root")) sources.image_root = options.path("image_root");
  for (const Split split : {Split::train, Split::validation, Split::test}) {
    const std::string name = std::string(to_string(split)) + "_file";
    if (!options.has(name)) continue;
    if (!sources.file.empty()) throw sdk::option_error(options, name, "give either 'file' or one file per split, not both");
    sources.per_split[split] = options.path(name);
  }
  if (sources.file.empty() && sources.per_split.empty()) {
    throw sdk::option_error(options, "file", "name the CSV or JSONL file here, or one per split in 'train_file', " +
                                            std::string("'validation_file' and 'test_file'"));
  }
  if (sources.file.empty() && options.has("split")) {
    throw sdk::option_error(options, "split", "a split column goes with 'file', not with one file per split");
  }
  return sources;
}

SplitValues read_split_values(const Options& options) {
  if (!options.has("split_values")) return usual_split_values();
  if (!options.has("split")) throw sdk::option_error(options, "split_values", "name the column in option 'split'");
  SplitValues values;
  for (const auto& [key, given] : options.table("split_values")) {
    const auto split = split_from_string(key);
    if (!split && key != "ignore") {
      throw sdk::option_error(options, "split_values",
                         "unknown split '" + key + "'" + suggestion(key, {"train", "validation", "test", "ignore"}));
    }
    const Value::Array list = given.array() ? *given.array() : Value::Array{given};
    for (const Value& value : list) {
      const std::string text = value_text(options, value);
      if (!values.emplace(text, split).second) {
        throw sdk::option_error(options, "split_values", "value '" + text + "' is given twice");
      }
    }
  }
  return values;
}

}  // namespace medvlm::table_dataset
