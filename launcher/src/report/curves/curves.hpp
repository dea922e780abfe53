// ROC and reliability curves of a diagnosis scenario, from its predictions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "medvlm/analysis/outcome.hpp"
#include "medvlm/analysis/predictions_file.hpp"

namespace medvlm::report {

/// Points from (0, 0) to (1, 1): false positive rate and true positive rate.
struct RocCurve {
  std::vector<double> x, y;
};

/// The curve of scores against truth (1 or 0), points in order of falling thresholds, ties as one step. Empty unless
/// both classes are there.
RocCurve roc_curve(std::span<const double> scores, std::span<const std::int8_t> truth);

/// The mean of the curves at 101 false positive rates: the macro average of one class against the rest.
RocCurve mean_curve(const std::vector<RocCurve>& curves);

/// At most so many points, chosen so that the line stays as near to the curve as possible (Douglas and Peucker, 1973).
RocCurve thinned(const RocCurve& curve, std::size_t points);

/// The samples whose probability lies in one of ten intervals of equal width.
struct ReliabilityBin {
  double predicted = 0;  ///< mean probability
  double observed = 0;   ///< share of samples for which it came true
  std::size_t samples = 0;
};

struct Reliability {
  std::vector<ReliabilityBin> bins;  ///< those with samples
  double calibration_error = 0;      ///< mean of |predicted - observed|, weighted by samples
  double brier = 0;                  ///< mean squared difference of probability and outcome
};

/// Null if a probability lies outside [0, 1] or there is none.
std::optional<Reliability> reliability(std::span<const double> probabilities, std::span<const std::int8_t> truth);

struct ScenarioCurves {
  std::string scenario, model, dataset, method;
  RocCurve roc;
  std::optional<Reliability> calibration;
  std::size_t samples = 0;
};

/// Binary: the second class. Multi-class: ROC as macro average over the classes, reliability of the chosen class.
/// Multi-label: macro average over the labels, reliability of all labels together. Null where nothing can be drawn.
std::optional<ScenarioCurves> curves_of(const analysis::Outcome& outcome,
                                        const std::vector<analysis::PredictionRecord>& predictions);

}  // namespace medvlm::report
