#include "strength.hpp"

#include <algorithm>
#include <numeric>

#include <ATen/ATen.h>

namespace medvlm::linear_probe {
namespace {

at::Tensor counts_of(const Question& question, const at::Tensor& part) {
  return at::bincount(question.labels, part.to(at::kDouble), question.classes);
}

/// float64 [classes]
at::Tensor weights_of_classes(const Question& question, const at::Tensor& part, bool balanced) {
  if (!balanced) return at::ones({question.classes}, at::kDouble);
  const at::Tensor counts = counts_of(question, part);
  return counts.sum() / (double(question.classes) * counts);
}

bool has_every_class(const Question& question, const at::Tensor& part) {
  return (counts_of(question, part) > 0).all().item<bool>();
}

}  // namespace

at::Tensor fit_weights(const Question& question, const at::Tensor& part, bool balanced) {
  const at::Tensor weights = weights_of_classes(question, part, balanced).index_select(0, question.labels);
  return at::where(part, weights, at::zeros_like(weights));
}

double StrengthScore::mean() const {
  return std::accumulate(losses.begin(), losses.end(), 0.0) / double(losses.size());
}

std::vector<StrengthScore> score_strengths(const at::Tensor& features, const Question& question,
                                           const std::vector<Fold>& folds, const std::vector<double>& strengths,
                                           bool balanced, bool standardise, int max_iterations) {
  std::vector<StrengthScore> scores;
  for (const double strength : strengths) scores.push_back({strength, {}});
  for (const Fold& fold : folds) {
    const at::Tensor fit = fold.fit & question.known;
    const at::Tensor judge = fold.judge & question.known;
    if (!has_every_class(question, fit) || !judge.any().item<bool>()) continue;
    const at::Tensor class_weights = weights_of_classes(question, fit, balanced).index_select(0, question.labels);
    const at::Tensor judged = at::where(judge, class_weights, at::zeros_like(class_weights));
    const LogisticProblem problem{features, question.labels, fit_weights(question, fit, balanced), question.classes,
                                  standardise};
    LogisticFit last;
    for (StrengthScore& score : scores) {
      last = fit_logistic(problem, score.strength, max_iterations, last.solution.defined() ? &last : nullptr);
      score.losses.push_back(mean_log_loss(last, features, question.labels, judged));
    }
  }
  return scores;
}

double best_strength(const std::vector<StrengthScore>& scores) {
  return std::min_element(scores.begin(), scores.end(), [](const StrengthScore& a, const StrengthScore& b) {
           return a.mean() < b.mean();
         })->strength;
}

}  // namespace medvlm::linear_probe
