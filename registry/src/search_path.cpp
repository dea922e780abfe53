#include "medvlm/registry/search_path.hpp"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "medvlm/base/error.hpp"

namespace medvlm::registry {
namespace {

namespace fs = std::filesystem;

/// Collects folders; a folder reached twice counts where it was named first.
class Collector {
 public:
  explicit Collector(std::vector<Problem>& problems) : problems_(problems) {}

  /// Returns false if there is no such folder.
  bool add(const fs::path& folder, const std::string& origin) {
    std::error_code error;
    const fs::path canonical = fs::canonical(folder, error);
    if (error || !fs::is_directory(canonical, error)) return false;
    const auto same = [&](const PluginFolder& known) { return known.folder == canonical; };
    if (std::any_of(folders_.begin(), folders_.end(), same)) return true;
    if (const std::string reason = distrust(canonical); !reason.empty()) {
      problems_.push_back({canonical, "the folder (from " + origin + ") is not searched: " + reason});
      return true;
    }
    folders_.push_back({canonical, origin});
    return true;
  }

  std::vector<PluginFolder> take() { return std::move(folders_); }

 private:
  std::vector<Problem>& problems_;
  std::vector<PluginFolder> folders_;
};

void add_environment(const std::string& list, Collector& collector, std::vector<Problem>& problems) {
  std::istringstream parts(list);
  for (std::string part; std::getline(parts, part, ':');) {
    if (part.empty()) continue;
    if (part[0] != '/') {
      problems.push_back({part, "MEDVLM_PLUGIN_PATH holds absolute folders only; this one is left out"});
    } else if (!collector.add(part, "MEDVLM_PLUGIN_PATH")) {
      problems.push_back({part, "this folder of MEDVLM_PLUGIN_PATH does not exist; remove it from the list"});
    }
  }
}

}  // namespace

std::vector<PluginFolder> plugin_search_path(const SearchRequest& request, std::vector<Problem>& problems) {
  Collector collector(problems);
  for (const fs::path& folder : request.command_line) {
    if (!collector.add(folder, "--plugin-dir")) {
      throw Error(ErrorCode::usage, "--plugin-dir '" + folder.string() + "' is not a folder");
    }
  }
  for (const fs::path& folder : request.config) {
    if (!collector.add(folder, "the configuration")) {
      throw Error(ErrorCode::config, "the plugin folder '" + folder.string() + "' of the configuration does not exist");
    }
  }
  add_environment(request.environment, collector, problems);
  if (!request.prefix.empty()) collector.add(request.prefix / "lib/medvlm/plugins", "the installation");
  return collector.take();
}

fs::path program_prefix() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) throw Error(ErrorCode::io, "cannot find the running program in /proc/self/exe: " + error.message());
  const fs::path folder = program.parent_path();
  // bin/medvlm or lib/medvlm/medvlm-engine
  return folder.filename() == "medvlm" ? folder.parent_path().parent_path() : folder.parent_path();
}

std::string plugin_path_from_environment() {
  const char* list = std::getenv("MEDVLM_PLUGIN_PATH");
  return list ? list : "";
}

std::string distrust(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (error || (status.permissions() & fs::perms::others_write) == fs::perms::none) return "";
  return "everybody may write to it; remove that right: chmod o-w '" + path.string() + "'";
}

}  // namespace medvlm::registry
