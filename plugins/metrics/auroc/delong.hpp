// DeLong's variance of an AUROC, and intervals from it.
#pragma once

#include <optional>
#include <span>

#include "medvlm/core/metric.hpp"
#include "medvlm/sdk/metric/one_vs_rest.hpp"

namespace medvlm::metrics {

struct DeLong {
  double auroc = 0;
  double variance = 0;
};

/// On which scale the normal approximation is made.
enum class Scale { logit, plain };

/// AUROC and the variance of its estimate (DeLong, DeLong and Clarke-Pearson 1988), by midranks in O(n log n) (Sun and Xu
/// 2014). Null with fewer than two positives or two negatives: a sample variance needs two.
std::optional<DeLong> delong(std::span<const sdk::ScoredItem> items);

/// The interval of level `confidence`. Where the variance is 0 it is the point itself.
AnalyticInterval delong_interval(const DeLong& estimate, double confidence, Scale scale);

/// The q-quantile of the standard normal distribution, 0 < q < 1.
double normal_quantile(double q);

}  // namespace medvlm::metrics
