// A loaded plugin library: the only place that knows how libraries are opened.
#pragma once

#include <filesystem>

#include "medvlm/base/plugin_abi.hpp"

namespace medvlm::registry {

/// Opens the library for the rest of the process's life and returns its entry.
/// Throws Error(plugin) with the loader's own text and the cure.
PluginQuery open_library(const std::filesystem::path& file);

}  // namespace medvlm::registry
