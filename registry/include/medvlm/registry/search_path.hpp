// Where plugins are looked for: --plugin-dir, the configuration, MEDVLM_PLUGIN_PATH, the installation.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm::registry {

/// A plugin or folder that was refused, and why (with the cure).
struct Problem {
  std::filesystem::path file;
  std::string message;
};

/// A folder to scan, canonical.
struct PluginFolder {
  std::filesystem::path folder;
  std::string origin;  ///< who named it, for messages: "--plugin-dir", "MEDVLM_PLUGIN_PATH", ...
};

/// Where folders may be named.
struct SearchRequest {
  std::vector<std::filesystem::path> command_line;  ///< --plugin-dir; relative to the working directory
  std::vector<std::filesystem::path> config;        ///< of the study, already made absolute
  std::string environment;                          ///< colon list of absolute paths: MEDVLM_PLUGIN_PATH
  std::filesystem::path prefix;                     ///< the installation; empty: none
};

/// The existing folders, in order of precedence, each once. A folder that everybody may write to is refused and noted
/// in `problems`, as is a relative or missing one in the environment. Throws Error(usage) for a missing --plugin-dir
/// and Error(config) for a missing folder of the configuration.
MEDVLM_API std::vector<PluginFolder> plugin_search_path(const SearchRequest& request, std::vector<Problem>& problems);

/// The installation that the running program belongs to: the parent of its `bin` (or of `lib/medvlm`) folder.
MEDVLM_API std::filesystem::path program_prefix();

/// The value of MEDVLM_PLUGIN_PATH, or empty.
MEDVLM_API std::string plugin_path_from_environment();

/// Why a file or folder must not be trusted, or empty: everybody may write to it.
MEDVLM_API std::string distrust(const std::filesystem::path& path);

}  // namespace medvlm::registry
