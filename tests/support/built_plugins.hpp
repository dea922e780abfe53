// Objects of the plugins as they were built, made with the options that their manifests declare.
#pragma once

#include <string>

#include "medvlm/base/error.hpp"
#include "medvlm/registry/registry.hpp"

namespace medvlm::test {

inline const registry::Registry& built_plugins() {
  static const registry::Registry registry = [] {
    registry::SearchRequest request;
    request.command_line = {MEDVLM_PLUGIN_FOLDER};
    std::vector<registry::Problem> problems;
    const auto folders = registry::plugin_search_path(request, problems);
    return registry::Registry(folders, std::move(problems));
  }();
  return registry;
}

/// Throws Error(config) with the complaints about the options, and whatever the plugin's constructor throws.
template <class Interface>
registry::Handle<Interface> make_plugin(const std::string& kind, const std::string& id, Value::Table given) {
  const registry::Manifest& manifest = built_plugins().find(kind, id);
  std::vector<Diagnostic> diagnostics;
  const Options options = resolve_options(manifest.options, Value(std::move(given)), "/", id, diagnostics);
  std::string complaints;
  for (const Diagnostic& diagnostic : diagnostics) complaints += to_string(diagnostic) + "\n";
  if (!complaints.empty()) throw Error(ErrorCode::config, complaints);
  return registry::create_plugin<Interface>(manifest, options);
}

}  // namespace medvlm::test
