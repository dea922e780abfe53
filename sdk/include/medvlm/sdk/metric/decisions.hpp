// Decisions: which class a prediction stands for, and how often decisions are right in any resample.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "medvlm/base/options.hpp"
#include "medvlm/core/metric.hpp"

namespace medvlm::sdk {

/// The class that a sample of a binary or multi-class dataset is assigned to. Binary: 1 if the score of class 1 is above
/// `threshold`, so a score of exactly the threshold is negative. Multi-class: the class with the largest score, the
/// lowest index on ties; `threshold` is not read.
MEDVLM_API std::size_t predicted_class(const DatasetInfo& dataset, const Prediction& prediction, double threshold);

/// The option `threshold` of a metric. Throws Error(config) unless it is finite.
MEDVLM_API double threshold_option(const Options& options, const std::string& metric);

/// One class against the rest (or one label) in one resample: how many samples are known, truly of the class, assigned
/// to it, and both.
struct ClassCounts {
  std::uint64_t known = 0;
  std::uint64_t truth = 0;
  std::uint64_t predicted = 0;
  std::uint64_t right = 0;  ///< true positives

  std::uint64_t true_negatives() const { return known + right - truth - predicted; }
  std::uint64_t negatives() const { return known - truth; }
};

/// The decisions on a set of scored samples, made once. Safe to use from several threads.
class MEDVLM_API Decisions {
 public:
  /// The samples must have passed check_sample(). `thresholds`: one, or for multi-label one for each label.
  Decisions(const DatasetInfo& dataset, std::span<const Scored> scored, std::vector<double> thresholds);

  std::size_t samples() const { return samples_; }
  std::size_t classes() const { return classes_; }
  /// True where a sample has exactly one class; then `known` is the same for all classes.
  bool exclusive() const { return exclusive_; }

  /// One entry for each class, for the resample in which sample i was drawn `multiplicity[i]` times. One pass.
  std::vector<ClassCounts> count(std::span<const std::uint32_t> multiplicity) const;

 private:
  std::vector<ClassCounts> count_exclusive(std::span<const std::uint32_t> multiplicity) const;
  std::vector<ClassCounts> count_labels(std::span<const std::uint32_t> multiplicity) const;

  std::size_t samples_ = 0;
  std::size_t classes_ = 0;
  bool exclusive_ = true;
  std::vector<std::uint32_t> truth_, predicted_;  // exclusive: one each per sample
  std::vector<std::uint8_t> outcomes_;            // else: samples * classes, see Outcome
};

}  // namespace medvlm::sdk
