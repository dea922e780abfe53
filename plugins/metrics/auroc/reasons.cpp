#include "reasons.hpp"

#include <cmath>

namespace medvlm::metrics {
namespace {

std::string quoted(const std::string& name) { return "'" + name + "'"; }

std::string binary_reason(const DatasetInfo& dataset, const Ranking::Result& counts) {
  return "the test set has one class only (" + std::to_string(counts.negatives) + " " +
         quoted(dataset.classes[0].name) + ", " + std::to_string(counts.positives) + " " +
         quoted(dataset.classes[1].name) + ")";
}

std::string class_reason(const std::string& name, const Ranking::Result& counts) {
  if (counts.positives == 0 && counts.negatives == 0) return "no scored sample has a known label for " + quoted(name);
  if (counts.positives == 0) {
    return "none of the " + std::to_string(counts.negatives) + " scored samples is " + quoted(name);
  }
  return "all " + std::to_string(counts.positives) + " scored samples are " + quoted(name);
}

std::string headline_reason(const DatasetInfo& dataset, const std::vector<Ranking::Result>& classes) {
  std::string names;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (!std::isnan(classes[i].auroc)) continue;
    names += (names.empty() ? "" : ", ") + quoted(dataset.classes[i].name);
  }
  return "the test set lacks samples with, or without, " + names;
}

}  // namespace

std::vector<std::string> undefined_reasons(const DatasetInfo& dataset, std::size_t samples,
                                           const std::vector<Ranking::Result>& classes,
                                           const std::vector<double>& values) {
  std::vector<std::string> reasons(values.size());
  const bool binary = dataset.labels == LabelKind::binary;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isnan(values[i])) continue;
    if (samples == 0) {
      reasons[i] = "no sample was scored";
    } else if (binary) {
      reasons[i] = binary_reason(dataset, classes[0]);
    } else if (i == 0) {
      reasons[i] = headline_reason(dataset, classes);
    } else {
      reasons[i] = class_reason(dataset.classes[i - 1].name, classes[i - 1]);
    }
  }
  return reasons;
}

}  // namespace medvlm::metrics
