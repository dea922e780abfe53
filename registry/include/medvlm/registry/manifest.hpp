// The manifest beside each plugin library: all that is known of a plugin without running its code.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "medvlm/base/api.hpp"
#include "medvlm/base/options.hpp"

namespace medvlm::registry {

/// The kinds of plugin, in the order in which they are listed.
inline constexpr std::array<std::string_view, 4> kPluginKinds = {"model", "dataset", "adapter", "metric"};

/// The highest manifest_version that is understood.
inline constexpr int kManifestVersion = 1;

/// A manifest, checked. Described for plugin authors in docs/plugins/manifest.md.
struct Manifest {
  std::filesystem::path file;  ///< canonical path of the manifest
  std::string kind;            ///< one of kPluginKinds
  std::string id;
  std::string version;
  std::string licence;
  std::string summary;
  std::vector<OptionSpec> options;        ///< in the order of the file
  std::vector<std::string> capabilities;  ///< those declared true, e.g. "encoder"
  Value conformance_options;              ///< a table: the options with which `medvlm validate` creates the plugin
  std::string library;                    ///< file name, in the manifest's folder
  std::string sha256;                     ///< of the library, 64 lower-case hexadecimal digits
  std::string stamp;                      ///< the library's build stamp

  /// The library's path.
  std::filesystem::path library_file() const { return file.parent_path() / library; }
  /// "metric 'accuracy'", for messages.
  std::string name() const { return kind + " '" + id + "'"; }
};

/// Reads and checks a manifest. Throws Error(config) that lists every complaint, one a line, as
/// "file:line:column: key: message"; unknown keys are complaints. Throws Error(io) if the file cannot be read.
MEDVLM_API Manifest read_manifest(const std::filesystem::path& file);

/// The same for text that is not (yet) in a file; `file` names it.
MEDVLM_API Manifest parse_manifest(std::string_view text, const std::filesystem::path& file);

/// JSON of what `medvlm info` shows: kind, id, version, licence, summary, capabilities, options and file.
MEDVLM_API Value to_value(const Manifest& manifest);

}  // namespace medvlm::registry
