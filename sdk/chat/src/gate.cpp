#include "gate.hpp"

#include <algorithm>
#include <limits>

namespace medvlm::sdk::chat {
namespace {

// Long enough for any wait here, and far from the end of the clock.
constexpr double kLongestWait = 3600;

}  // namespace

double Gate::now() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - origin_).count(); }

std::chrono::steady_clock::time_point Gate::at(double seconds) const {
  return origin_ +
         std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(seconds));
}

double Gate::wait_seconds(double now) {
  if (running_ >= concurrency_.limit()) return std::numeric_limits<double>::infinity();
  return std::max({not_before_ - now, window_.wait(now), 0.0});
}

bool Gate::enter(double& started) {
  std::unique_lock lock(mutex_);
  while (closed_.empty()) {
    const double time = now();
    const double wait = wait_seconds(time);
    if (wait <= 0) {
      ++running_;
      window_.start();
      started = time;
      return true;
    }
    changed_.wait_until(lock, at(time + std::min(wait, kLongestWait)));
  }
  return false;
}

void Gate::leave(double started, Ended how, double delay) {
  const std::lock_guard lock(mutex_);
  const double time = now();
  --running_;
  window_.end(time);
  if (how == Ended::answered) concurrency_.answered();
  if (how == Ended::turned_away) concurrency_.turned_away(started, time);
  not_before_ = std::max(not_before_, time + delay);
  changed_.notify_all();
}

bool Gate::pause(double seconds) {
  std::unique_lock lock(mutex_);
  const auto end = at(now() + std::min(seconds, kLongestWait));
  return !changed_.wait_until(lock, end, [&] { return !closed_.empty(); });
}

void Gate::close(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  if (closed_.empty()) closed_ = reason;
  changed_.notify_all();
}

std::string Gate::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

}  // namespace medvlm::sdk::chat
