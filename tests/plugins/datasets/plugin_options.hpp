// Options as the program would make them: given values checked against a plugin's own plugin.toml.
#pragma once

#include <string>

#include "medvlm/base/options.hpp"

namespace medvlm::test {

/// Throws Error(config) with the complaints of resolve_options().
Options plugin_options(const std::string& id, const Value::Table& given);

/// A list of texts as a Value.
inline Value texts(std::initializer_list<const char*> items) { return Value::Array(items.begin(), items.end()); }

/// Writes a small picture in the format that the name says, with its folders.
void write_picture(const std::string& file);

}  // namespace medvlm::test
