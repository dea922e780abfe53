// The time of day as files have it.
#pragma once

#include <chrono>
#include <ctime>
#include <string>

namespace medvlm::launcher {

/// "2026-01-31T23:59:59Z"
inline std::string utc_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace medvlm::launcher
