// A prepared metric that is a function of how often each class was true, assigned, and both.
#pragma once

#include <string>
#include <vector>

#include "medvlm/core/metric.hpp"
#include "medvlm/sdk/metric/decisions.hpp"

namespace medvlm::sdk {

/// Throws Error(internal) unless the spans given to evaluate() fit what was prepared.
MEDVLM_API void check_spans(const std::string& metric, std::size_t samples, std::size_t values,
                            std::span<const std::uint32_t> multiplicity, std::span<const double> out);

/// The base of metrics on decisions (F1, MCC, ...): counts once per resample and asks the formulas below. Values: those
/// over all classes first, then those of each class, "<name>[<class>]", for datasets that are not binary.
class MEDVLM_API CountedMetric : public PreparedMetric {
 public:
  const std::vector<MetricValue>& values() const override { return values_; }
  void evaluate(std::span<const std::uint32_t> multiplicity, std::span<double> out) const override;
  std::string undefined_reason(std::size_t index) const override;

 protected:
  using Counts = std::vector<ClassCounts>;

  /// `overall` names the values over all classes, `by_class` those of each class (may be empty).
  CountedMetric(std::string metric, const DatasetInfo& dataset, Decisions decisions, std::vector<std::string> overall,
                std::vector<std::string> by_class);

  /// Value `which` of `overall`; NaN where it is undefined.
  virtual double overall(std::size_t which, const Counts& counts) const = 0;
  /// Value `which` of `by_class` for class `column`; NaN where it is undefined.
  virtual double of_class(std::size_t which, const ClassCounts& counts, std::size_t column) const;

  /// Why such a value is NaN for these counts, which are of the full set. Asked only where it is NaN although samples were
  /// scored with known labels.
  virtual std::string overall_reason(std::size_t which, const Counts& counts) const;
  virtual std::string class_reason(std::size_t which, const ClassCounts& counts, std::size_t column) const;

  const DatasetInfo& dataset() const { return dataset_; }
  const Decisions& decisions() const { return decisions_; }

 private:
  std::string metric_;
  DatasetInfo dataset_;
  Decisions decisions_;
  std::vector<MetricValue> values_;
  std::size_t overall_ = 0, by_class_ = 0;  // how many of each
};

}  // namespace medvlm::sdk
