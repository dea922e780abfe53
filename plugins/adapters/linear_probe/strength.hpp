// Chooses the inverse regularisation strength C where a fit does best on samples that it has not seen.
#pragma once

#include <vector>

#include "logistic_regression.hpp"

namespace medvlm::linear_probe {

/// One question with two or more answers: the labels of one class column.
struct Question {
  at::Tensor labels;  ///< int64 [n], 0 to classes - 1
  at::Tensor known;   ///< bool [n]: the label is known
  std::int64_t classes = 2;
};

/// float64 [n]: 1, or balanced class weights (n / (classes * count)) of the samples in `part`; 0 outside it.
at::Tensor fit_weights(const Question& question, const at::Tensor& part, bool balanced);

/// Samples to fit on and to judge by, as masks over the same rows.
struct Fold {
  at::Tensor fit, judge;  ///< bool [n]
};

struct StrengthScore {
  double strength = 0;
  std::vector<double> losses;  ///< mean log loss, one per fold that could be used
  double mean() const;
};

/// The scores of all strengths, which are ascending. Folds whose part for fitting lacks a class, or that have nothing to
/// judge by, are left out; without any the scores have no losses.
std::vector<StrengthScore> score_strengths(const at::Tensor& features, const Question& question,
                                           const std::vector<Fold>& folds, const std::vector<double>& strengths,
                                           bool balanced, bool standardise, int max_iterations);

/// The strength of least mean loss; of equals, the smallest.
double best_strength(const std::vector<StrengthScore>& scores);

}  // namespace medvlm::linear_probe
