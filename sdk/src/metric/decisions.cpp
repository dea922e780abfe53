#include "medvlm/sdk/metric/decisions.hpp"

#include <algorithm>
#include <cmath>

#include "medvlm/sdk/metric/classification.hpp"

namespace medvlm::sdk {
namespace {

// What a label's decision comes to: truth * 2 + decision, or nothing where the label is unknown.
constexpr std::size_t kUnknown = 4;
constexpr std::size_t kOutcomes = 5;

std::uint8_t outcome_of(std::int8_t label, bool positive) {
  if (label < 0) return kUnknown;
  return static_cast<std::uint8_t>(label * 2 + (positive ? 1 : 0));
}

}  // namespace

std::size_t predicted_class(const DatasetInfo& dataset, const Prediction& prediction, double threshold) {
  if (dataset.labels == LabelKind::binary) return positive_score(prediction) > threshold ? 1 : 0;
  const auto& scores = prediction.scores;
  // max_element returns the first of equal maxima.
  return static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

double threshold_option(const Options& options, const std::string& metric) {
  const double threshold = options.number("threshold");
  if (std::isfinite(threshold)) return threshold;
  throw Error(ErrorCode::config, "metric '" + metric + "': threshold must be a finite number, e.g. 0.5");
}

Decisions::Decisions(const DatasetInfo& dataset, std::span<const Scored> scored, std::vector<double> thresholds)
    : samples_(scored.size()), classes_(dataset.classes.size()), exclusive_(dataset.labels != LabelKind::multilabel) {
  if (exclusive_) {
    for (const Scored& each : scored) {
      truth_.push_back(static_cast<std::uint32_t>(each.sample->label));
      predicted_.push_back(static_cast<std::uint32_t>(predicted_class(dataset, *each.prediction, thresholds.at(0))));
    }
    return;
  }
  if (thresholds.size() == 1) thresholds.resize(classes_, thresholds[0]);
  outcomes_.reserve(samples_ * classes_);
  for (const Scored& each : scored) {
    for (std::size_t c = 0; c < classes_; ++c) {
      outcomes_.push_back(outcome_of(each.sample->labels[c], each.prediction->scores[c] > thresholds.at(c)));
    }
  }
}

std::vector<ClassCounts> Decisions::count(std::span<const std::uint32_t> multiplicity) const {
  if (multiplicity.size() != samples_) {
    throw Error(ErrorCode::internal, "decisions on " + std::to_string(samples_) + " samples cannot be counted with " +
                                         std::to_string(multiplicity.size()) + " multiplicities");
  }
  return exclusive_ ? count_exclusive(multiplicity) : count_labels(multiplicity);
}

std::vector<ClassCounts> Decisions::count_exclusive(std::span<const std::uint32_t> multiplicity) const {
  std::vector<ClassCounts> counts(classes_);
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < samples_; ++i) {
    const std::uint64_t drawn = multiplicity[i];
    total += drawn;
    counts[truth_[i]].truth += drawn;
    counts[predicted_[i]].predicted += drawn;
    counts[truth_[i]].right += truth_[i] == predicted_[i] ? drawn : 0;
  }
  for (ClassCounts& each : counts) each.known = total;
  return counts;
}

std::vector<ClassCounts> Decisions::count_labels(std::span<const std::uint32_t> multiplicity) const {
  std::vector<std::uint64_t> tally(classes_ * kOutcomes);
  for (std::size_t i = 0; i < samples_; ++i) {
    if (multiplicity[i] == 0) continue;
    const std::uint8_t* const outcome = outcomes_.data() + i * classes_;
    for (std::size_t c = 0; c < classes_; ++c) tally[c * kOutcomes + outcome[c]] += multiplicity[i];
  }
  std::vector<ClassCounts> counts(classes_);
  for (std::size_t c = 0; c < classes_; ++c) {
    const std::uint64_t* const of = tally.data() + c * kOutcomes;
    counts[c] = {of[0] + of[1] + of[2] + of[3], of[2] + of[3], of[1] + of[3], of[3]};
  }
  return counts;
}

}  // namespace medvlm::sdk
