#include "medvlm/sdk/chat/pacing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "medvlm/base/random.hpp"

namespace medvlm::sdk::chat {

double RateWindow::wait(double now) {
  if (cap_ == 0) return 0;
  while (!ended_.empty() && ended_.front() <= now - window_) ended_.pop_front();
  if (running_ + static_cast<std::int64_t>(ended_.size()) < cap_) return 0;
  if (ended_.empty()) return std::numeric_limits<double>::infinity();
  // Rounding must not make this 0 while the request above still counts.
  return std::max(ended_.front() + window_ - now, 1e-6);
}

void RateWindow::end(double now) {
  --running_;
  if (cap_ > 0) ended_.push_back(now);
}

void Concurrency::answered() {
  if (++answers_ < limit_ || limit_ >= most_) return;
  ++limit_;
  answers_ = 0;
}

void Concurrency::turned_away(double started, double now) {
  if (started < cut_) return;
  limit_ = std::max(1, std::min(limit_ - 1, limit_ * 4 / 5));
  answers_ = 0;
  cut_ = now;
}

double backoff_seconds(std::uint64_t seed, int tries, double first, double longest) {
  const double whole = std::min(longest, first * std::pow(2.0, std::min(tries - 1, 60)));
  Splitmix64 random(splitmix64(derive_seed(seed, "chat back-off") + static_cast<std::uint64_t>(tries)));
  return whole * (0.5 + 0.5 * random.uniform());
}

}  // namespace medvlm::sdk::chat
