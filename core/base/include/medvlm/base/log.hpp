// The log: warnings and notices of core, SDK and plugins go through here to the program's logger.
#pragma once

#include <string_view>

#include "medvlm/base/api.hpp"

namespace medvlm {

enum class LogLevel { debug, info, warning, error };

/// Receives log lines; may be called from several threads.
using LogSink = void (*)(LogLevel level, std::string_view line);

/// Sets the process-wide sink (the program does so once at its start); null discards.
MEDVLM_API void set_log_sink(LogSink sink) noexcept;

/// Sends one line to the sink. Thread safe.
MEDVLM_API void log(LogLevel level, std::string_view line);

}  // namespace medvlm
