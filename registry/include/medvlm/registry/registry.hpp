// The registry: which plugins there are, and objects made by them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "medvlm/base/api.hpp"
#include "medvlm/base/plugin_abi.hpp"
#include "medvlm/registry/manifest.hpp"
#include "medvlm/registry/search_path.hpp"

namespace medvlm::registry {

/// Gives an object back to the library that made it.
struct Destroy {
  void (*destroy)(void* object) noexcept = nullptr;
  void operator()(void* object) const noexcept { destroy(object); }
};

/// An object of a plugin, known by the interface of its kind.
template <class Interface>
using Handle = std::unique_ptr<Interface, Destroy>;

/// Plugins found on the search path. Scanning reads manifests only; a library is loaded when an object is first made.
/// Safe to use from several threads once it is built.
class MEDVLM_API Registry {
 public:
  /// Reads every `*.toml` of the folders. What does not fit is refused and noted in problems(), after the problems of
  /// the search path itself. Throws Error(io) only if a folder cannot be listed.
  explicit Registry(const std::vector<PluginFolder>& folders, std::vector<Problem> problems = {});

  /// The plugins that may be used, by kind (in the order of kPluginKinds), then by id.
  const std::vector<Manifest>& plugins() const { return plugins_; }
  const std::vector<Problem>& problems() const { return problems_; }

  /// Throws Error(plugin) with the nearest name, and with the refused files that may have been meant.
  const Manifest& find(std::string_view kind, std::string_view id) const;

  /// Makes an object of a plugin; `options` come from resolve_options() with the manifest's options. Interface must be
  /// the one of the kind. Throws what the plugin's constructor throws if that is an Error, else Error(plugin), with
  /// the plugin's name as context.
  template <class Interface>
  Handle<Interface> create(std::string_view kind, std::string_view id, const Options& options) const;

 private:
  void refuse_duplicates();

  std::vector<Manifest> plugins_;
  std::vector<Problem> problems_;
};

/// Checks the manifest's file and library as a scan does: a library beside its manifest, which nobody else can change.
/// Throws Error(plugin).
MEDVLM_API void check_place(const Manifest& manifest);

/// Checks and loads a plugin's library; later calls give the same descriptor. Before any code of the library runs, its
/// SHA-256 and build stamp are compared with the manifest and with this program. Throws Error(plugin) that says found,
/// wanted and the cure. Thread safe.
MEDVLM_API const PluginDescriptor& load_plugin(const Manifest& manifest);

/// Loads the plugin and makes an object, to be given back to destroy() of its descriptor. Never null.
MEDVLM_API void* create_object(const Manifest& manifest, const Options& options);

/// The same, as a handle.
template <class Interface>
Handle<Interface> create_plugin(const Manifest& manifest, const Options& options) {
  const PluginDescriptor& descriptor = load_plugin(manifest);
  return Handle<Interface>(static_cast<Interface*>(create_object(manifest, options)), Destroy{descriptor.destroy});
}

template <class Interface>
Handle<Interface> Registry::create(std::string_view kind, std::string_view id, const Options& options) const {
  return create_plugin<Interface>(find(kind, id), options);
}

}  // namespace medvlm::registry
