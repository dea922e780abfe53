// DeLong's variance of an AUROC, intervals from it, and the test of two AUROCs on the same samples.
//
// Sources: E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Biometrics 44 (1988), by midranks in O(n log n) as X. Sun and W. Xu,
// IEEE Signal Processing Letters 21 (2014); clusters: N. A. Obuchowski, Biometrics 53 (1997).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "medvlm/analysis/outcome.hpp"
#include "medvlm/base/api.hpp"

namespace medvlm::analysis {

struct DeLong {
  double auroc = 0;
  double variance = 0;
};

/// On which scale the normal approximation is made.
enum class Scale { logit, plain };

/// AUROC and the variance of its estimate. `truth` is 1 (positive), 0, or -1 for unknown: left out. Null with fewer than two
/// positives or two negatives: a sample variance needs two. Throws Error(internal) for spans of different lengths or a score
/// that is NaN.
MEDVLM_API std::optional<DeLong> delong(std::span<const double> scores, std::span<const std::int8_t> truth);

/// The interval of level `confidence`. Where the variance is 0 it is the point itself.
MEDVLM_API FormulaInterval delong_interval(const DeLong& estimate, double confidence, Scale scale);

/// An AUROC with what every sample contributes to its error. Sums of squares are variances, sums of products covariances, so
/// that contributions of several curves on the same samples may be added and subtracted sample by sample.
struct AurocComponents {
  double auroc = 0;
  std::vector<double> components;  ///< one per sample (0 for an unknown one), or one per cluster

  MEDVLM_API double variance() const;
};

/// The components of one curve. `clusters` (numbers below the number of samples, one per sample) sums them over the members of
/// a cluster, whose errors may then depend on each other: as Obuchowski's variance, but for the factors of small samples in its
/// mixed term. Null with fewer than two positives or negatives, or clusters of these. Throws as delong().
MEDVLM_API std::optional<AurocComponents> auroc_components(std::span<const double> scores,
                                                           std::span<const std::int8_t> truth,
                                                           std::span<const std::uint32_t> clusters = {});

/// The mean of several AUROCs on the same samples (macro average of one class against the rest, or of labels), with the
/// covariances between them: for one curve it is DeLong's variance, for several the influence function of the mean, which counts
/// class frequencies as drawn too (E. LeDell, M. Petersen, M. van der Laan, Electronic Journal of Statistics 9, 2015). Throws
/// Error(internal) for none or for different lengths.
MEDVLM_API AurocComponents mean_of(std::span<const AurocComponents> curves);

struct DeLongDifference {
  double first = 0, second = 0;
  double difference = 0;  ///< first - second
  double variance = 0;    ///< of the difference
  double z = 0;
  double p_value = 0;     ///< two-sided; 1 where nothing differs, NaN where only the variance is 0
  double low = 0;         ///< interval, cut to -1 and 1
  double high = 0;
};

/// The difference of two correlated AUROCs on the same samples (and the same clusters). Throws Error(internal) if the numbers of
/// components differ, Error(config) for a confidence outside (0, 1).
MEDVLM_API DeLongDifference delong_difference(const AurocComponents& first, const AurocComponents& second,
                                              double confidence);

}  // namespace medvlm::analysis
