// A study of several files: what it includes comes first, and its own words win.
#pragma once

#include <filesystem>
#include <vector>

#include "medvlm/base/options.hpp"

namespace medvlm::launcher {

/// Reads a study's TOML and the files named by `include` (a list of paths, each relative to the file that names it; a file is
/// read once) into one table without that key. Sections are merged key by key; an entry with a name that an earlier entry of
/// its kind has changes keys of that one; other entries and rules are added behind. Every value keeps its location. Includes
/// that cannot be read, and circles, are added to `diagnostics`. Throws Error(io) if `file` itself cannot be read,
/// Error(config) if a file is no TOML.
Value read_with_includes(const std::filesystem::path& file, std::vector<Diagnostic>& diagnostics);

/// Makes relative paths among the options of a table absolute, against the folder of the file in which each was written.
/// What was not written in a file (--set) is left alone.
void anchor_paths(const std::vector<OptionSpec>& specs, Value& table);

/// A path as the file says it in which it was written.
std::filesystem::path anchored(const std::filesystem::path& path, const Location& location);

/// What an entry is called: its `name`, else its `plugin`; null if it has neither as a text.
const std::string* entry_name(const Value& entry);

}  // namespace medvlm::launcher
