// TOML text as medvlm::Value, each with the place it was written. Studies and manifests are read through here.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "medvlm/base/api.hpp"
#include "medvlm/base/value.hpp"

namespace medvlm::registry {

/// Parses TOML. `name` is what locations and messages call the text. The result is a table.
/// Throws Error(config) "name:line:column: ..." for bad syntax, a repeated key, or a date (not used by medvlm).
MEDVLM_API Value parse_toml(std::string_view text, const std::string& name);

/// Reads and parses a file. Throws Error(io) if it cannot be read, Error(config) as above.
MEDVLM_API Value read_toml(const std::filesystem::path& file);

}  // namespace medvlm::registry
