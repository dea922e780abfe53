// Percentiles and the summary of bootstrap rounds.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "medvlm/analysis/interval.hpp"
#include "medvlm/base/error.hpp"

namespace medvlm {

double percentile(std::vector<double>& values, double q) {
  if (!(q >= 0 && q <= 1)) {
    throw Error(ErrorCode::internal, "percentile: q must be within 0 and 1, not " + std::to_string(q));
  }
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double position = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(values.begin(), middle, values.end());
  const double fraction = position - static_cast<double>(below);
  if (fraction == 0) return *middle;
  const double above = *std::min_element(middle + 1, values.end());
  // Equal neighbours are returned as they are: infinities have no difference.
  return above == *middle ? above : std::lerp(*middle, above, fraction);
}

Interval summarise(std::vector<double> rounds, double confidence) {
  if (!(confidence > 0 && confidence < 1)) {
    throw Error(ErrorCode::config, "the bootstrap's confidence must lie between 0 and 1, e.g. 0.95; it is " +
                                       std::to_string(confidence));
  }
  std::erase_if(rounds, [](double value) { return std::isnan(value); });
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  Interval interval{nan, nan, nan, nan, nan, rounds.size()};
  if (rounds.empty()) return interval;
  const auto count = static_cast<double>(rounds.size());
  double sum = 0;
  for (const double value : rounds) sum += value;
  interval.mean = sum / count;
  double squares = 0;
  for (const double value : rounds) squares += (value - interval.mean) * (value - interval.mean);
  // Of equal rounds, the mean need not be any of them to the last bit.
  const auto [least, most] = std::minmax_element(rounds.begin(), rounds.end());
  interval.std = *least == *most ? 0 : std::sqrt(squares / count);
  const double tail = (1 - confidence) / 2;
  interval.low = percentile(rounds, tail);
  interval.high = percentile(rounds, 1 - tail);
  return interval;
}

}  // namespace medvlm
