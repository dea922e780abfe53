#include "medvlm/registry/toml_value.hpp"

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"

#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

namespace medvlm::registry {
namespace {

class Converter {
 public:
  explicit Converter(const std::string& name) : name_(name) {}

  Value convert(const toml::node& node) const {
    Value value = content(node);
    value.location = place(node.source());
    return value;
  }

  Location place(const toml::source_region& source) const {
    return {name_, std::int64_t(source.begin.line), std::int64_t(source.begin.column)};
  }

 private:
  Value content(const toml::node& node) const {
    if (const auto* table = node.as_table()) {
      Value::Table entries;
      for (const auto& [key, item] : *table) entries.emplace(std::string(key.str()), convert(item));
      return Value(std::move(entries));
    }
    if (const auto* array = node.as_array()) {
      Value::Array items;
      items.reserve(array->size());
      for (const toml::node& item : *array) items.push_back(convert(item));
      return Value(std::move(items));
    }
    if (const auto* text = node.as_string()) return Value(text->get());
    if (const auto* integer = node.as_integer()) return Value(integer->get());
    if (const auto* number = node.as_floating_point()) return Value(number->get());
    if (const auto* flag = node.as_boolean()) return Value(flag->get());
    throw Error(ErrorCode::config,
                to_string(place(node.source())) + ": dates and times are not used here; write it as text in quotes");
  }

  const std::string& name_;
};

}  // namespace

Value parse_toml(std::string_view text, const std::string& name) {
  try {
    return Converter(name).convert(toml::parse(text, name));
  } catch (const toml::parse_error& error) {
    const Location place{name, std::int64_t(error.source().begin.line), std::int64_t(error.source().begin.column)};
    throw Error(ErrorCode::config, to_string(place) + ": not valid TOML: " + std::string(error.description()));
  }
}

Value read_toml(const std::filesystem::path& file) { return parse_toml(read_file(file), file.string()); }

}  // namespace medvlm::registry
