// The one line that makes a library a plugin.
//
//   MEDVLM_PLUGIN(medvlm::Metric, MyMetric)
//
// MyMetric derives from the interface and is constructed from `const medvlm::Options&`. Kind, id and version come from
// plugin.toml through medvlm_add_plugin().
#pragma once

#include "medvlm/sdk/build_stamp.hpp"

#define MEDVLM_PLUGIN(Interface, Class)                                                                           \
  extern "C" __attribute__((visibility("default"))) const ::medvlm::PluginDescriptor*                             \
  medvlm_plugin_query_v1() noexcept {                                                                             \
    static constexpr auto stamp = ::medvlm::sdk::kBuildStamp;                                                     \
    static const ::medvlm::PluginDescriptor descriptor{                                                           \
        sizeof(::medvlm::PluginDescriptor),                                                                       \
        ::medvlm::kPluginAbi,                                                                                     \
        stamp.data(),                                                                                             \
        MEDVLM_THIS_PLUGIN_KIND,                                                                                  \
        MEDVLM_THIS_PLUGIN_ID,                                                                                    \
        MEDVLM_THIS_PLUGIN_VERSION,                                                                               \
        [](const ::medvlm::Options& options) -> void* { return static_cast<Interface*>(new Class(options)); },    \
        [](void* object) noexcept { delete static_cast<Interface*>(object); }};                                   \
    return &descriptor;                                                                                           \
  }
