#include <algorithm>
#include <cmath>

#include "curves.hpp"

namespace medvlm::report {
namespace {

using analysis::Outcome;
using analysis::PredictionRecord;

constexpr std::size_t kPoints = 40;  // a line of 220 pixels shows no more

/// Scores with what came true.
struct Judged {
  std::vector<double> scores;
  std::vector<std::int8_t> truth;

  void add(double score, bool truth_value) {
    if (std::isnan(score)) return;
    scores.push_back(score);
    truth.push_back(truth_value ? 1 : 0);
  }
};

/// One curve's scores per class, and the probabilities whose reliability is asked for.
struct Collected {
  std::vector<Judged> classes;
  Judged calibration;
  std::size_t samples = 0;
};

void add_multilabel(Collected& collected, const PredictionRecord& record) {
  const std::size_t labels = std::min(record.labels.size(), record.scores.size());
  collected.classes.resize(std::max(collected.classes.size(), labels));
  for (std::size_t i = 0; i < labels; ++i) {
    if (record.labels[i] < 0) continue;
    collected.classes[i].add(record.scores[i], record.labels[i] == 1);
    collected.calibration.add(record.scores[i], record.labels[i] == 1);
  }
}

void add_single_label(Collected& collected, const PredictionRecord& record) {
  const auto label = static_cast<std::size_t>(*record.label);
  if (record.scores.size() == 2) {
    collected.classes.resize(1);
    collected.classes[0].add(record.scores[1], label == 1);
    collected.calibration.add(record.scores[1], label == 1);
    return;
  }
  collected.classes.resize(std::max(collected.classes.size(), record.scores.size()));
  for (std::size_t i = 0; i < record.scores.size(); ++i) collected.classes[i].add(record.scores[i], label == i);
  const auto chosen = std::max_element(record.scores.begin(), record.scores.end());
  collected.calibration.add(*chosen, static_cast<std::size_t>(chosen - record.scores.begin()) == label);
}

}  // namespace

std::optional<ScenarioCurves> curves_of(const Outcome& outcome, const std::vector<PredictionRecord>& predictions) {
  Collected collected;
  for (const PredictionRecord& record : predictions) {
    if (record.error || record.scores.empty()) continue;
    if (!record.labels.empty()) {
      add_multilabel(collected, record);
    } else if (record.label && *record.label >= 0) {
      add_single_label(collected, record);
    } else {
      continue;
    }
    ++collected.samples;
  }
  std::vector<RocCurve> curves;
  for (const Judged& judged : collected.classes) {
    RocCurve curve = roc_curve(judged.scores, judged.truth);
    if (!curve.x.empty()) curves.push_back(std::move(curve));
  }
  if (curves.empty()) return std::nullopt;
  ScenarioCurves result;
  result.scenario = outcome.name();
  result.model = outcome.model.name;
  result.dataset = outcome.dataset.name;
  result.method = outcome.adapter.name;
  result.roc = thinned(curves.size() == 1 ? curves[0] : mean_curve(curves), kPoints);
  result.calibration = reliability(collected.calibration.scores, collected.calibration.truth);
  result.samples = collected.samples;
  return result;
}

}  // namespace medvlm::report
