// Lets requests through as the pace allows, for all threads of a client.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>

#include "medvlm/sdk/chat/pacing.hpp"
#include "medvlm/sdk/chat/settings.hpp"

namespace medvlm::sdk::chat {

/// What a request that has ended says of the endpoint.
enum class Ended { answered, turned_away, failed };

class Gate {
 public:
  explicit Gate(const Settings& settings)
      : concurrency_(settings.concurrency), window_(settings.requests_per_minute, settings.window_seconds) {}

  /// Waits until a request may start. False: the gate was closed instead. `started` is handed back to leave().
  bool enter(double& started);
  /// Frees the place. `delay`: seconds for which the server wants nothing from anybody.
  void leave(double started, Ended how, double delay);
  /// Waits so long, or until the gate is closed. False: it was closed.
  bool pause(double seconds);
  /// Lets nothing through any more. The first reason stays.
  void close(const std::string& reason);
  /// Why it is closed; empty: it is open.
  std::string closed() const;

 private:
  double now() const;
  double wait_seconds(double now);
  std::chrono::steady_clock::time_point at(double seconds) const;

  const std::chrono::steady_clock::time_point origin_ = std::chrono::steady_clock::now();
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Concurrency concurrency_;
  RateWindow window_;
  int running_ = 0;
  double not_before_ = 0;
  std::string closed_;
};

}  // namespace medvlm::sdk::chat
