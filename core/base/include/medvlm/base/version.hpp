// The version of medvlm and of its plugin interface.
#pragma once

namespace medvlm {

inline constexpr const char* kVersion = "0.1.0";

/// Raised whenever an interface that crosses a plugin's border changes. A macro because the build stamp is text.
#define MEDVLM_PLUGIN_ABI_NUMBER 5
inline constexpr unsigned kPluginAbi = MEDVLM_PLUGIN_ABI_NUMBER;

}  // namespace medvlm
