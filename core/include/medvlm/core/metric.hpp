// The Metric interface: per-sample statistics once, then a value for any resample.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "medvlm/core/data.hpp"

namespace medvlm {

/// A scored sample: never one that failed.
struct Scored {
  const Sample* sample = nullptr;
  const Prediction* prediction = nullptr;
};

/// One number that a metric gives.
struct MetricValue {
  std::string name;              ///< "auroc", "auroc[melanoma]"; the first of a metric is its headline
  bool higher_is_better = true;
};

/// What a metric is bound to.
struct MetricInput {
  const DatasetInfo& dataset;
  std::span<const Scored> scored;      ///< of the test split; may be empty
  std::span<const Scored> train = {};  ///< of the train split; only for a metric with needs_train_predictions()
  /// Where the metric may keep files between runs, private to the scenario and the metric. Empty: nowhere.
  std::filesystem::path folder = {};
};

/// A second interval of a value, from a formula instead of resampling (DeLong's for AUROC, say). Samples count as
/// independent.
struct AnalyticInterval {
  std::string method;   ///< "delong"
  double variance = 0;  ///< of the value
  double low = 0;
  double high = 0;
};

/// A metric bound to one set of scored samples. Safe to call from several threads.
class MEDVLM_API PreparedMetric {
 public:
  virtual ~PreparedMetric();
  virtual const std::vector<MetricValue>& values() const = 0;
  /// Writes one number per values() for the resample in which sample i was drawn `multiplicity[i]` times; NaN where the
  /// metric is undefined for it (one class only, say).
  virtual void evaluate(std::span<const std::uint32_t> multiplicity, std::span<double> out) const = 0;
  /// Why value `index` is NaN on the full set, for the reader of the report.
  virtual std::string undefined_reason(std::size_t index) const = 0;
  /// The interval of value `index` on the full set by a formula, where the metric has one. `confidence` is in (0, 1).
  virtual std::optional<AnalyticInterval> analytic(std::size_t index, double confidence) const;
  /// Each sample's own share of the headline, in the order of the scored samples: right or wrong (1, 0), a score. NaN where the
  /// sample does not count. Empty: the metric is no mean over samples.
  virtual std::vector<double> sample_values() const;
  /// A JSON object for result.json on how the values came about (calls of a judge, their cost, samples without a value).
  /// Empty: nothing to tell.
  virtual std::string report() const;
};

/// A metric plugin implements this.
class MEDVLM_API Metric {
 public:
  virtual ~Metric();
  /// Throws Error(config) if the metric does not apply to such a dataset.
  virtual void check(const DatasetInfo& dataset) const = 0;
  /// Called once before a run starts: checks what the metric needs beyond its files (the endpoint of a judge, say). Throws
  /// Error.
  virtual void preflight() const {}
  /// True for a metric that learns something from predictions on the train split (a threshold, say). The evaluation then
  /// predicts that split too; nothing is ever learnt from the test split.
  virtual bool needs_train_predictions() const { return false; }
  /// Computes per-sample statistics. The result does not refer to `input` afterwards.
  virtual std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const = 0;
};

}  // namespace medvlm
