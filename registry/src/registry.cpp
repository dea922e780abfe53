#include "medvlm/registry/registry.hpp"

#include <algorithm>

#include "medvlm/base/error.hpp"

namespace medvlm::registry {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> manifests_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const fs::path& file = it->path();
    if (file.extension() == ".toml" && file.filename().string()[0] != '.') files.push_back(file);
  }
  if (error) {
    throw Error(ErrorCode::io, "cannot list the plugin folder '" + folder.string() + "': " + error.message());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::size_t kind_rank(std::string_view kind) {
  return std::size_t(std::find(kPluginKinds.begin(), kPluginKinds.end(), kind) - kPluginKinds.begin());
}

bool listed_before(const Manifest& a, const Manifest& b) {
  return std::pair(kind_rank(a.kind), a.id) < std::pair(kind_rank(b.kind), b.id);
}

}  // namespace

Registry::Registry(const std::vector<PluginFolder>& folders, std::vector<Problem> problems)
    : problems_(std::move(problems)) {
  for (const PluginFolder& folder : folders) {
    for (const fs::path& file : manifests_in(folder.folder)) {
      try {
        Manifest manifest = read_manifest(file);
        if (manifest.file.parent_path() != folder.folder) {
          throw Error(ErrorCode::plugin, "the manifest is a link to '" + manifest.file.string() +
                                             "', outside its plugin folder; copy it and its library here");
        }
        check_place(manifest);
        plugins_.push_back(std::move(manifest));
      } catch (const Error& error) {
        problems_.push_back({file, error.what()});
      }
    }
  }
  std::stable_sort(plugins_.begin(), plugins_.end(), listed_before);
  refuse_duplicates();
}

void Registry::refuse_duplicates() {
  std::vector<Manifest> unique;
  for (std::size_t i = 0; i < plugins_.size();) {
    std::size_t end = i + 1;
    while (end < plugins_.size() && plugins_[end].kind == plugins_[i].kind && plugins_[end].id == plugins_[i].id) ++end;
    if (end == i + 1) unique.push_back(std::move(plugins_[i]));
    for (std::size_t k = i + 1; k < end; ++k) {
      problems_.push_back({plugins_[k].file, plugins_[k].name() + " is offered by two files, so neither is used: '" +
                                                 plugins_[i].file.string() + "' and '" + plugins_[k].file.string() +
                                                 "'; remove one of them or give it another id"});
    }
    i = end;
  }
  plugins_ = std::move(unique);
}

const Manifest& Registry::find(std::string_view kind, std::string_view id) const {
  std::vector<std::string> known;
  std::string elsewhere;
  for (const Manifest& plugin : plugins_) {
    if (plugin.kind == kind && plugin.id == id) return plugin;
    if (plugin.kind == kind) known.push_back(plugin.id);
    if (plugin.id == id) elsewhere = "; there is a " + plugin.name();
  }
  std::string message = "there is no " + std::string(kind) + " '" + std::string(id) + "'" +
                        (elsewhere.empty() ? suggestion(id, known) : elsewhere);
  for (const Problem& problem : problems_) {
    const bool meant = problem.message.find("'" + std::string(id) + "'") != std::string::npos ||
                       problem.file.filename().string().find(id) != std::string::npos;
    if (meant) message += "\nrefused: " + problem.file.string() + ": " + problem.message;
  }
  if (known.empty() && elsewhere.empty()) {
    message += "; no plugin of this kind was found: name its folder with --plugin-dir or MEDVLM_PLUGIN_PATH";
  }
  throw Error(ErrorCode::plugin, message);
}

void check_place(const Manifest& manifest) {
  const fs::path library = manifest.library_file();
  std::error_code error;
  const fs::path canonical = fs::canonical(library, error);
  if (error) {
    throw Error(ErrorCode::plugin,
                "its library '" + library.string() + "' cannot be found: " + error.message() + "; copy it here");
  }
  if (canonical.parent_path() != manifest.file.parent_path()) {
    throw Error(ErrorCode::plugin, "its library is a link to '" + canonical.string() +
                                       "', outside the plugin folder; copy the library beside the manifest");
  }
  if (!fs::is_regular_file(canonical, error)) {
    throw Error(ErrorCode::plugin, "its library '" + library.string() + "' is not a file");
  }
  for (const fs::path& path : {manifest.file, canonical}) {
    if (const std::string reason = distrust(path); !reason.empty()) {
      throw Error(ErrorCode::plugin, "'" + path.string() + "' is refused: " + reason);
    }
  }
}

}  // namespace medvlm::registry
