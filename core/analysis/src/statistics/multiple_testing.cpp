#include "medvlm/analysis/multiple_testing.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "medvlm/base/error.hpp"

namespace medvlm::analysis {
namespace {

/// The places of the numbers, from the smallest p-value to the largest.
std::vector<std::size_t> ascending(std::span<const double> p_values) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    if (std::isnan(p_values[i])) continue;
    if (!(p_values[i] >= 0 && p_values[i] <= 1)) {
      throw Error(ErrorCode::internal, "a p-value is " + std::to_string(p_values[i]));
    }
    order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  return order;
}

}  // namespace

std::vector<double> holm(std::span<const double> p_values) {
  const std::vector<std::size_t> order = ascending(p_values);
  std::vector<double> adjusted(p_values.begin(), p_values.end());
  double largest = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    largest = std::max(largest, std::min(1.0, p_values[order[k]] * static_cast<double>(order.size() - k)));
    adjusted[order[k]] = largest;
  }
  return adjusted;
}

std::vector<double> benjamini_hochberg(std::span<const double> p_values) {
  const std::vector<std::size_t> order = ascending(p_values);
  std::vector<double> adjusted(p_values.begin(), p_values.end());
  double smallest = 1;
  for (std::size_t k = order.size(); k-- > 0;) {
    const double scaled = p_values[order[k]] * static_cast<double>(order.size()) / static_cast<double>(k + 1);
    smallest = std::min(smallest, scaled);
    adjusted[order[k]] = smallest;
  }
  return adjusted;
}

}  // namespace medvlm::analysis
