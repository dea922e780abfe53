#include "medvlm/base/log.hpp"

#include <atomic>

namespace medvlm {
namespace {
std::atomic<LogSink> g_sink{nullptr};
}

void set_log_sink(LogSink sink) noexcept { g_sink = sink; }

void log(LogLevel level, std::string_view line) {
  if (const LogSink sink = g_sink.load()) sink(level, line);
}

}  // namespace medvlm
