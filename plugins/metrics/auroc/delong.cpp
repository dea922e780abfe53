#include "delong.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace medvlm::metrics {
namespace {

/// The sample variance of values that are added one by one (Welford), with their mean.
class Spread {
 public:
  void add(double value) {
    ++count_;
    const double step = value - mean_;
    mean_ += step / static_cast<double>(count_);
    squares_ += step * (value - mean_);
  }
  double mean() const { return mean_; }
  double variance() const { return squares_ / static_cast<double>(count_ - 1); }

 private:
  std::size_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;
};

double logit(double share) { return std::log(share / (1 - share)); }
double logistic(double value) { return 1 / (1 + std::exp(-value)); }

}  // namespace

// The placement of a positive is the share of negatives that it beats, ties half: its midrank among all less its midrank
// among the positives. In sorted order both differ by what stands before its group of equal scores.
std::optional<DeLong> delong(std::span<const sdk::ScoredItem> items) {
  std::vector<sdk::ScoredItem> sorted(items.begin(), items.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.score < b.score; });
  const auto positives = static_cast<std::size_t>(
      std::count_if(sorted.begin(), sorted.end(), [](const auto& item) { return item.positive; }));
  const std::size_t negatives = sorted.size() - positives;
  if (positives < 2 || negatives < 2) return {};
  Spread of_positives;
  Spread of_negatives;
  std::size_t positives_below = 0;
  std::size_t negatives_below = 0;
  for (std::size_t begin = 0; begin < sorted.size();) {
    std::size_t end = begin;
    std::size_t positives_here = 0;
    for (; end < sorted.size() && sorted[end].score == sorted[begin].score; ++end) positives_here += sorted[end].positive;
    const std::size_t negatives_here = end - begin - positives_here;
    const double beaten = double(negatives_below) + double(negatives_here) / 2;
    const double beating = double(positives - positives_below - positives_here) + double(positives_here) / 2;
    for (std::size_t i = 0; i < positives_here; ++i) of_positives.add(beaten / double(negatives));
    for (std::size_t i = 0; i < negatives_here; ++i) of_negatives.add(beating / double(positives));
    positives_below += positives_here;
    negatives_below += negatives_here;
    begin = end;
  }
  return DeLong{of_positives.mean(),
                of_positives.variance() / double(positives) + of_negatives.variance() / double(negatives)};
}

AnalyticInterval delong_interval(const DeLong& estimate, double confidence, Scale scale) {
  const double reach = normal_quantile((1 + confidence) / 2) * std::sqrt(estimate.variance);
  const double value = estimate.auroc;
  if (scale == Scale::plain) {
    return {"delong", estimate.variance, std::max(0.0, value - reach), std::min(1.0, value + reach)};
  }
  if (reach == 0) return {"delong_logit", estimate.variance, value, value};
  const double on_logit = reach / (value * (1 - value));  // the delta method
  return {"delong_logit", estimate.variance, logistic(logit(value) - on_logit), logistic(logit(value) + on_logit)};
}

// Bisection on the complementary error function: exact to the last bits, and called a few times a run.
double normal_quantile(double q) {
  const auto below = [](double x) { return std::erfc(-x / std::numbers::sqrt2) / 2; };
  double low = -40;
  double high = 40;
  while (true) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return middle;
    (below(middle) < q ? low : high) = middle;
  }
}

}  // namespace medvlm::metrics
