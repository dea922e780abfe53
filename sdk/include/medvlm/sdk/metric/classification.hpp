// Checked access to what a classification metric scores: every score is a finite number, every label is in range.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "medvlm/core/metric.hpp"

namespace medvlm::sdk {

/// The error for a sample that a metric cannot use.
inline Error bad_sample(const Scored& scored, const std::string& what) {
  return Error(ErrorCode::data, "sample '" + scored.sample->id + "' (" + scored.sample->image + "): " + what);
}

/// Throws Error(config) unless the dataset is a diagnosis dataset with at least two classes (multi-label: one).
inline void check_classification(const DatasetInfo& dataset, const std::string& metric) {
  if (dataset.task != Task::diagnosis) {
    throw Error(ErrorCode::config, "metric '" + metric + "' scores diagnosis datasets; '" + dataset.name +
                                       "' is for VQA: choose a metric for answers");
  }
  const std::size_t least = dataset.labels == LabelKind::multilabel ? 1 : 2;
  if (dataset.classes.size() < least || (dataset.labels == LabelKind::binary && dataset.classes.size() != 2)) {
    throw Error(ErrorCode::config, "metric '" + metric + "': dataset '" + dataset.name + "' is " +
                                       std::string(to_string(dataset.labels)) + " but names " +
                                       std::to_string(dataset.classes.size()) + " classes");
  }
}

/// Throws Error(data), naming the sample, unless it has a finite score for each class (binary: also one score only) and
/// valid labels. Checks labels against the number of classes.
inline void check_sample(const DatasetInfo& dataset, const Scored& scored) {
  const auto& scores = scored.prediction->scores;
  const std::size_t classes = dataset.classes.size();
  const bool single = dataset.labels == LabelKind::binary && scores.size() == 1;
  if (scores.size() != classes && !single) {
    throw bad_sample(scored, "the adapter gave " + std::to_string(scores.size()) + " scores for " +
                                 std::to_string(classes) + " classes");
  }
  for (const double score : scores) {
    if (!std::isfinite(score)) {
      throw bad_sample(scored, "the adapter gave the score " + std::to_string(score) +
                                   ", which cannot be ranked; look for an overflow (half precision?) in the model");
    }
  }
  if (dataset.labels != LabelKind::multilabel) {
    if (scored.sample->label >= 0 && static_cast<std::size_t>(scored.sample->label) < classes) return;
    throw bad_sample(scored, "label " + std::to_string(scored.sample->label) + " is not one of the classes 0 to " +
                                 std::to_string(classes - 1));
  }
  const auto& labels = scored.sample->labels;
  if (labels.size() != classes) {
    throw bad_sample(scored, std::to_string(labels.size()) + " labels for " + std::to_string(classes) + " classes");
  }
  for (const std::int8_t label : labels) {
    if (label < -1 || label > 1) throw bad_sample(scored, "label " + std::to_string(label) + " is not 1, 0 or -1");
  }
}

/// The score of the positive class of a binary sample.
inline double positive_score(const Prediction& prediction) { return prediction.scores.back(); }

}  // namespace medvlm::sdk
