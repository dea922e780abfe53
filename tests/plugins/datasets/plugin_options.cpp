#include "plugin_options.hpp"

#include <filesystem>

#include <opencv2/imgcodecs.hpp>
#include <toml++/toml.h>

#include "medvlm/base/error.hpp"

namespace medvlm::test {
namespace {

Value to_value(const toml::node& node) {
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* integer = node.as_integer()) return integer->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* text = node.as_string()) return text->get();
  Value::Array array;
  if (const auto* list = node.as_array()) {
    for (const toml::node& item : *list) array.push_back(to_value(item));
  }
  return array;
}

OptionSpec to_spec(const std::string& name, const toml::table& table) {
  OptionSpec spec;
  spec.name = name;
  spec.type = option_type_from_name(table["type"].value_or(std::string())).value();
  spec.required = table["required"].value_or(false);
  if (const toml::node* value = table.get("default")) spec.default_value = to_value(*value);
  spec.minimum = table["minimum"].value<double>();
  spec.maximum = table["maximum"].value<double>();
  if (const toml::array* choices = table["choices"].as_array()) {
    for (const toml::node& choice : *choices) spec.choices.push_back(choice.value_or(std::string()));
  }
  return spec;
}

}  // namespace

Options plugin_options(const std::string& id, const Value::Table& given) {
  const toml::table file = toml::parse_file(std::string(DATASET_PLUGINS) + "/" + id + "/plugin.toml");
  std::vector<OptionSpec> specs;
  for (const auto& [name, table] : *file["options"].as_table()) {
    specs.push_back(to_spec(std::string(name.str()), *table.as_table()));
  }
  std::vector<Diagnostic> diagnostics;
  Options options = resolve_options(specs, given, "/", "", diagnostics);
  std::string complaints;
  for (const Diagnostic& diagnostic : diagnostics) complaints += to_string(diagnostic) + "\n";
  if (!complaints.empty()) throw Error(ErrorCode::config, complaints);
  return options;
}

void write_picture(const std::string& file) {
  std::filesystem::create_directories(std::filesystem::path(file).parent_path());
  const cv::Mat picture(6, 8, CV_8UC3, cv::Scalar(30, 60, 200));  // blue, green, red
  if (!cv::imwrite(file, picture)) throw Error(ErrorCode::io, "cannot write " + file);
}

}  // namespace medvlm::test
