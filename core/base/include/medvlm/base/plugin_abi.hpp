// What crosses the border between the program and a plugin library: one entry, one descriptor, one stamp.
#pragma once

#include <cstdint>

#include "medvlm/base/options.hpp"
#include "medvlm/base/version.hpp"

namespace medvlm {

/// Constant data that a plugin library hands out. Lives as long as the library, which is never unloaded.
struct PluginDescriptor {
  std::uint32_t size;   ///< sizeof(PluginDescriptor) as the plugin was built
  std::uint32_t abi;    ///< kPluginAbi as the plugin was built
  const char* stamp;    ///< see build_stamp.hpp; equal to the manifest's
  const char* kind;     ///< "dataset", "model", "adapter" or "metric"
  const char* id;
  const char* version;
  /// Makes an object and returns it as a pointer to the interface of its kind. May throw Error.
  void* (*create)(const Options& options);
  /// Destroys what create() returned.
  void (*destroy)(void* object) noexcept;
};

/// The type of the only symbol that a plugin library exports.
using PluginQuery = const PluginDescriptor* (*)() noexcept;

/// Its name; the digit is the version of PluginDescriptor's layout.
inline constexpr const char* kPluginQueryName = "medvlm_plugin_query_v1";

}  // namespace medvlm
