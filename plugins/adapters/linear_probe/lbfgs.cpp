#include "lbfgs.hpp"

#include <algorithm>
#include <cmath>
#include <deque>

#include <ATen/ATen.h>

namespace medvlm::linear_probe {
namespace {

constexpr double kDecrease = 1e-4;   // Wolfe's two constants
constexpr double kCurvature = 0.9;
constexpr int kMostTrials = 40;      // of one line search
constexpr double kRounding = 1e-15;  // what the value may rise by without it being a rise

double scalar_product(const at::Tensor& a, const at::Tensor& b) { return a.dot(b).item<double>(); }
double largest(const at::Tensor& a) { return a.abs().max().item<double>(); }

/// One point on the line.
struct Trial {
  double step = 0, value = 0, slope = 0;
  at::Tensor x, gradient;
};

class LineSearch {
 public:
  LineSearch(const Objective& objective, Trial start, at::Tensor direction)
      : objective_(objective), start_(std::move(start)), direction_(std::move(direction)) {
    start_.step = 0;
    start_.slope = scalar_product(start_.gradient, direction_);
  }

  /// A point that meets the Wolfe conditions or, if rounding hides them, one that is no higher; nothing if there is none.
  std::optional<Trial> run(double step) {
    Trial previous = start_;
    for (int i = 0; i < kMostTrials; ++i) {
      Trial current = at(step);
      if (too_high(current) || (i > 0 && current.value >= previous.value)) return zoom(previous, current);
      if (std::abs(current.slope) <= -kCurvature * start_.slope) return current;
      if (current.slope >= 0) return zoom(current, previous);
      previous = std::move(current);
      step *= 2;
    }
    return previous;
  }

  double slope() const { return start_.slope; }

 private:
  Trial at(double step) {
    Trial trial;
    trial.step = step;
    trial.x = start_.x + step * direction_;
    trial.value = objective_(trial.x, trial.gradient);
    trial.slope = scalar_product(trial.gradient, direction_);
    return trial;
  }

  bool too_high(const Trial& trial) const {
    const double slack = kRounding * std::abs(start_.value);
    return !(trial.value <= start_.value + kDecrease * trial.step * start_.slope + slack);
  }

  /// Where the cubic through both ends is lowest, kept away from the ends.
  static double interpolate(const Trial& a, const Trial& b) {
    const double d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step);
    const double square = d1 * d1 - a.slope * b.slope;
    const double middle = 0.5 * (a.step + b.step);
    if (!(square > 0)) return middle;
    const double d2 = std::copysign(std::sqrt(square), b.step - a.step);
    const double step = b.step - (b.step - a.step) * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
    const double low = std::min(a.step, b.step), high = std::max(a.step, b.step), margin = 0.1 * (high - low);
    return std::isfinite(step) ? std::clamp(step, low + margin, high - margin) : middle;
  }

  /// `low` is the better end of an interval that holds a good point.
  std::optional<Trial> zoom(Trial low, Trial high) {
    for (int i = 0; i < kMostTrials; ++i) {
      Trial current = at(interpolate(low, high));
      if (too_high(current) || current.value >= low.value) {
        high = std::move(current);
      } else {
        if (std::abs(current.slope) <= -kCurvature * start_.slope) return current;
        if (current.slope * (high.step - low.step) >= 0) high = low;
        low = std::move(current);
      }
      if (std::abs(high.step - low.step) <= 1e-14 * std::abs(low.step)) break;
    }
    if (low.step > 0 && low.value < start_.value) return low;
    return std::nullopt;
  }

  const Objective& objective_;
  Trial start_;
  at::Tensor direction_;
};

/// The last steps and changes of the gradient.
class Memory {
 public:
  explicit Memory(int size) : size_(static_cast<std::size_t>(size)) {}
  bool empty() const { return pairs_.empty(); }
  void clear() { pairs_.clear(); }

  void add(at::Tensor step, at::Tensor change) {
    const double curvature = scalar_product(step, change);
    if (!(curvature > 1e-300)) return;
    if (pairs_.size() == size_) pairs_.pop_front();
    pairs_.push_back({std::move(step), std::move(change), 1 / curvature});
  }

  /// Minus the gradient times the approximate inverse Hessian.
  at::Tensor direction(const at::Tensor& gradient) const {
    at::Tensor q = -gradient;
    std::vector<double> alphas(pairs_.size());
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      alphas[i] = pairs_[i].factor * scalar_product(pairs_[i].step, q);
      q.sub_(pairs_[i].change, alphas[i]);
    }
    if (!pairs_.empty()) q.mul_(1 / (pairs_.back().factor * scalar_product(pairs_.back().change, pairs_.back().change)));
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const double beta = pairs_[i].factor * scalar_product(pairs_[i].change, q);
      q.add_(pairs_[i].step, alphas[i] - beta);
    }
    return q;
  }

 private:
  struct Pair {
    at::Tensor step, change;
    double factor;
  };
  std::size_t size_;
  std::deque<Pair> pairs_;
};

}  // namespace

LbfgsResult minimise(const Objective& objective, at::Tensor start, const LbfgsOptions& options) {
  Trial current;
  current.x = std::move(start);
  current.value = objective(current.x, current.gradient);
  Memory memory(options.memory);
  LbfgsResult result;
  for (; result.iterations < options.max_iterations; ++result.iterations) {
    if (largest(current.gradient) <= options.tolerance) {
      result.converged = true;
      break;
    }
    const bool steepest = memory.empty();
    LineSearch search(objective, current, memory.direction(current.gradient));
    // Without memory the direction has the gradient's length, which says nothing of the step's.
    const double first = steepest ? std::min(1.0, 1 / current.gradient.abs().sum().item<double>()) : 1.0;
    std::optional<Trial> next = search.slope() < 0 ? search.run(first) : std::nullopt;
    if (!next && steepest) {
      result.converged = true;  // at the limit of double precision
      break;
    }
    if (!next) {
      memory.clear();
      continue;
    }
    memory.add(next->x - current.x, next->gradient - current.gradient);
    current = std::move(*next);
  }
  result.x = current.x;
  result.value = current.value;
  result.gradient = largest(current.gradient);
  return result;
}

}  // namespace medvlm::linear_probe
