// The bootstrap: resamples of a test set that every model shares, and intervals for any metric.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "medvlm/analysis/interval.hpp"
#include "medvlm/core/metric.hpp"

namespace medvlm {

/// How intervals are made.
struct BootstrapOptions {
  /// What is drawn with replacement: single samples, or whole clusters (a patient with all images, say).
  enum class Unit { sample, cluster };

  int rounds = 1000;
  std::uint64_t seed = 0;      ///< the run's seed; the draws derive from it and the purpose "bootstrap"
  double confidence = 0.95;    ///< of the percentile interval
  Unit unit = Unit::sample;
  unsigned threads = 0;        ///< 0: as many as the machine has; results do not depend on it
};

/// One cluster number per sample: equal values of `group` share a number, counted by first appearance. A sample without
/// the group is a cluster of its own.
MEDVLM_API std::vector<std::uint32_t> cluster_numbers(std::span<const Sample> samples, std::string_view group);

/// The resamples of one test set, made on demand: round r depends on the seed, r and the test set's units alone, so all
/// models on a test set share them, whatever the order or the number of threads. Safe to use from several threads.
class MEDVLM_API Resamples {
 public:
  /// `clusters` has one number per sample and is read only if options.unit is cluster. Throws Error(config) for
  /// rounds < 1, Error(internal) if `clusters` does not fit.
  Resamples(std::size_t samples, std::span<const std::uint32_t> clusters, const BootstrapOptions& options);

  std::size_t rounds() const { return rounds_; }
  std::size_t samples() const { return samples_; }
  /// How many units are drawn from: samples, or distinct clusters.
  std::size_t units() const { return units_; }
  /// How many distinct units the given rows of the test set belong to. Throws Error(internal) for a row out of range.
  std::size_t units_among(std::span<const std::size_t> rows) const;

  /// Writes how often each sample was drawn in round `round` (counted from 0). Throws Error(internal) for a round out
  /// of range or a span that does not have samples() elements.
  void fill(std::size_t round, std::span<std::uint32_t> multiplicity) const;

 private:
  std::size_t samples_ = 0;
  std::size_t rounds_ = 0;
  std::size_t units_ = 0;
  std::uint64_t seed_ = 0;
  std::vector<std::uint32_t> cluster_of_;  // dense numbers; empty: every sample is its own unit
};

/// The metric's value for every round: one vector of resamples.rounds() numbers per metric value, NaN where undefined.
/// `scored_rows[i]` is the row of the test set that the metric's sample i came from: draws are over the whole test set
/// and then restricted to these, so that models with different failures stay comparable round by round.
MEDVLM_API std::vector<std::vector<double>> bootstrap_rounds(const PreparedMetric& metric, const Resamples& resamples,
                                                             std::span<const std::size_t> scored_rows,
                                                             unsigned threads = 0);

/// The same for subsets of the scored samples, all from one pass over the rounds: [subset][value][round]. `subsets[k]`
/// holds places in `scored_rows`, each at most once. A round's draws are those of bootstrap_rounds(), restricted to the
/// subset, so that subsets stay comparable with each other and with the whole. Throws Error(internal) for a place out of
/// range.
MEDVLM_API std::vector<std::vector<std::vector<double>>> bootstrap_subset_rounds(
    const PreparedMetric& metric, const Resamples& resamples, std::span<const std::size_t> scored_rows,
    std::span<const std::vector<std::size_t>> subsets, unsigned threads = 0);

/// One interval per metric value from rounds that bootstrap_rounds() made. With fewer than two units scored, or no round in
/// which the metric is defined, spread and bounds are NaN. Throws what the metric throws.
MEDVLM_API std::vector<Interval> bootstrap_intervals(const PreparedMetric& metric, const Resamples& resamples,
                                                     std::span<const std::size_t> scored_rows,
                                                     const std::vector<std::vector<double>>& rounds, double confidence);

/// Both in one.
MEDVLM_API std::vector<Interval> bootstrap(const PreparedMetric& metric, const Resamples& resamples,
                                           std::span<const std::size_t> scored_rows, const BootstrapOptions& options);

}  // namespace medvlm
