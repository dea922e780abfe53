// How fast to ask: plain state machines on a clock that is given to them.
#pragma once

#include <cstdint>
#include <deque>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk::chat {

/// At most `cap` requests reach the server in any window of that many seconds. A request may arrive at any time between
/// its start and its end, so it counts until a whole window after its end: then the cap holds for arrivals, too.
class MEDVLM_API RateWindow {
 public:
  /// `cap` 0: no cap.
  RateWindow(std::int64_t cap, double window_seconds) : cap_(cap), window_(window_seconds) {}
  /// Seconds until a request may start; 0: now; infinity: not before one ends.
  double wait(double now);
  void start() { ++running_; }
  void end(double now);

 private:
  std::int64_t cap_;
  double window_;
  std::int64_t running_ = 0;
  std::deque<double> ended_;  ///< within the window, oldest first
};

/// How many requests run at once: a fifth less after the server said "too many", one more after a round of answers.
class MEDVLM_API Concurrency {
 public:
  explicit Concurrency(int most) : most_(most), limit_(most) {}
  int limit() const { return limit_; }
  void answered();
  /// A request that began at `started` was turned away. Those that were under way when the limit was last cut count
  /// for one cut together.
  void turned_away(double started, double now);

 private:
  int most_;
  int limit_;
  int answers_ = 0;  ///< since the limit changed
  double cut_ = -1e300;
};

/// Seconds before try number `tries` + 1: exponential with a random part, a function of (seed, tries) alone.
/// In [half, 1) x min(longest, first x 2^(tries - 1)), tries >= 1.
MEDVLM_API double backoff_seconds(std::uint64_t seed, int tries, double first = 1.0, double longest = 30.0);

}  // namespace medvlm::sdk::chat
