// The Metric interface: per-sample statistics once, then a value for any resample.
#pragma once

#include <cstdint>
#include <memory>
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
};

/// A metric plugin implements this.
class MEDVLM_API Metric {
 public:
  virtual ~Metric();
  /// Throws Error(config) if the metric does not apply to such a dataset.
  virtual void check(const DatasetInfo& dataset) const = 0;
  /// Computes per-sample statistics. `scored` may be empty. The result does not refer to `scored` afterwards.
  virtual std::unique_ptr<PreparedMetric> prepare(const DatasetInfo& dataset, std::span<const Scored> scored) const = 0;
};

}  // namespace medvlm
