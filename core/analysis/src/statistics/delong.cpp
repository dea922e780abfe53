#include "medvlm/analysis/delong.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "medvlm/analysis/normal.hpp"
#include "medvlm/base/error.hpp"

namespace medvlm::analysis {
namespace {

void check_curve(std::span<const double> scores, std::size_t others) {
  if (scores.size() != others) {
    throw Error(ErrorCode::internal, "DeLong: " + std::to_string(scores.size()) + " scores for " + std::to_string(others) +
                                         " samples");
  }
  if (std::any_of(scores.begin(), scores.end(), [](double score) { return std::isnan(score); })) {
    throw Error(ErrorCode::internal, "DeLong: a score is NaN");
  }
}

/// What is known of one curve before its variance.
struct Placements {
  std::size_t positives = 0;
  std::size_t negatives = 0;
  std::vector<double> of;  ///< per sample: the share of the other kind that it beats (negatives: that beat it); ties half
};

// The placement of a positive is the share of negatives that it beats, ties half: its midrank among all less its midrank
// among the positives. In sorted order both differ by what stands before its group of equal scores.
Placements placements_of(std::span<const double> scores, std::span<const std::int8_t> truth) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (truth[i] >= 0) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
  Placements placements{0, 0, std::vector<double>(scores.size())};
  for (const std::size_t i : order) placements.positives += truth[i] == 1;
  placements.negatives = order.size() - placements.positives;
  const auto positives = static_cast<double>(placements.positives);
  const auto negatives = static_cast<double>(placements.negatives);
  double positives_below = 0;
  double negatives_below = 0;
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    double positives_here = 0;
    for (; end < order.size() && scores[order[end]] == scores[order[begin]]; ++end) positives_here += truth[order[end]] == 1;
    const double negatives_here = static_cast<double>(end - begin) - positives_here;
    const double beaten = (negatives_below + negatives_here / 2) / negatives;
    const double beating = (positives - positives_below - positives_here / 2) / positives;
    for (std::size_t i = begin; i < end; ++i) placements.of[order[i]] = truth[order[i]] == 1 ? beaten : beating;
    positives_below += positives_here;
    negatives_below += negatives_here;
    begin = end;
  }
  return placements;
}

/// Among how many clusters the samples of one kind are; without clusters each is its own.
std::size_t clusters_of_kind(std::span<const std::int8_t> truth, std::int8_t kind, std::span<const std::uint32_t> clusters) {
  std::vector<char> seen(truth.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i] != kind) continue;
    char& mark = seen.at(clusters.empty() ? i : clusters[i]);
    count += mark == 0;
    mark = 1;
  }
  return count;
}

std::vector<double> summed(const std::vector<double>& components, std::span<const std::uint32_t> clusters) {
  if (clusters.empty()) return components;
  std::vector<double> sums(1 + *std::max_element(clusters.begin(), clusters.end()));
  for (std::size_t i = 0; i < components.size(); ++i) sums[clusters[i]] += components[i];
  return sums;
}

double logit(double share) { return std::log(share / (1 - share)); }
double logistic(double value) { return 1 / (1 + std::exp(-value)); }

}  // namespace

double AurocComponents::variance() const {
  return std::inner_product(components.begin(), components.end(), components.begin(), 0.0);
}

// A kind's share of the variance is its sample variance divided by its number m: the sum over deviations^2 / (m (m - 1)).
std::optional<AurocComponents> auroc_components(std::span<const double> scores, std::span<const std::int8_t> truth,
                                                std::span<const std::uint32_t> clusters) {
  check_curve(scores, truth.size());
  if (!clusters.empty()) check_curve(scores, clusters.size());
  const std::size_t positive_units = clusters_of_kind(truth, 1, clusters);
  const std::size_t negative_units = clusters_of_kind(truth, 0, clusters);
  if (positive_units < 2 || negative_units < 2) return std::nullopt;
  const Placements placements = placements_of(scores, truth);
  double sum = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) sum += truth[i] == 1 ? placements.of[i] : 0;
  const double auroc = sum / static_cast<double>(placements.positives);
  const auto factor = [](std::size_t units, std::size_t samples) {
    const auto count = static_cast<double>(units);
    return std::sqrt(count / (count - 1)) / static_cast<double>(samples);
  };
  const double positive_factor = factor(positive_units, placements.positives);
  const double negative_factor = factor(negative_units, placements.negatives);
  std::vector<double> components(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (truth[i] < 0) continue;
    components[i] = (placements.of[i] - auroc) * (truth[i] == 1 ? positive_factor : negative_factor);
  }
  return AurocComponents{auroc, summed(components, clusters)};
}

std::optional<DeLong> delong(std::span<const double> scores, std::span<const std::int8_t> truth) {
  const auto curve = auroc_components(scores, truth);
  if (!curve) return std::nullopt;
  return DeLong{curve->auroc, curve->variance()};
}

FormulaInterval delong_interval(const DeLong& estimate, double confidence, Scale scale) {
  const double reach = interval_z(confidence) * std::sqrt(estimate.variance);
  const double value = estimate.auroc;
  if (scale == Scale::plain) {
    return {"delong", estimate.variance, std::max(0.0, value - reach), std::min(1.0, value + reach)};
  }
  if (reach == 0) return {"delong_logit", estimate.variance, value, value};
  const double on_logit = reach / (value * (1 - value));  // the delta method
  return {"delong_logit", estimate.variance, logistic(logit(value) - on_logit), logistic(logit(value) + on_logit)};
}

AurocComponents mean_of(std::span<const AurocComponents> curves) {
  if (curves.empty()) throw Error(ErrorCode::internal, "DeLong: a mean over no curve");
  AurocComponents mean{0, std::vector<double>(curves[0].components.size())};
  const auto count = static_cast<double>(curves.size());
  for (const AurocComponents& curve : curves) {
    check_curve(curve.components, mean.components.size());
    mean.auroc += curve.auroc / count;
    for (std::size_t i = 0; i < mean.components.size(); ++i) mean.components[i] += curve.components[i] / count;
  }
  return mean;
}

DeLongDifference delong_difference(const AurocComponents& first, const AurocComponents& second, double confidence) {
  check_curve(first.components, second.components.size());
  DeLongDifference result{first.auroc, second.auroc, first.auroc - second.auroc};
  for (std::size_t i = 0; i < first.components.size(); ++i) {
    const double step = first.components[i] - second.components[i];
    result.variance += step * step;
  }
  // Equal rankings leave what rounding leaves, far below the square of a single step of any ranking.
  if (result.variance < 1e-24) result.variance = 0;
  const double error = std::sqrt(result.variance);
  const bool equal = std::abs(result.difference) < 1e-12;
  if (error > 0) {
    result.z = result.difference / error;
    result.p_value = two_sided_p(result.z);
  } else {
    result.z = equal ? 0 : std::numeric_limits<double>::quiet_NaN();
    result.p_value = equal ? 1 : result.z;
  }
  const double reach = interval_z(confidence) * error;
  result.low = std::max(-1.0, result.difference - reach);
  result.high = std::min(1.0, result.difference + reach);
  return result;
}

}  // namespace medvlm::analysis
