// L2-regularised logistic regression, to the optimum that scikit-learn's LogisticRegression converges to.
#pragma once

#include <ATen/core/Tensor.h>

#include "lbfgs.hpp"

namespace medvlm::linear_probe {

/// What is fitted. The objective is C * sum_i w_i * loss_i + 0.5 * |coefficients|^2, intercepts free; two classes have one
/// row and a sigmoid, more have one row each and a softmax.
struct LogisticProblem {
  at::Tensor features;  ///< float64 [n, d]
  at::Tensor labels;    ///< int64 [n], 0 to classes - 1; ignored where the weight is 0
  at::Tensor weights;   ///< float64 [n], 0: the sample takes no part
  std::int64_t classes = 2;
  bool standardise = true;  ///< coefficients belong to features of mean 0 and deviation 1 over samples that take part
};

struct LogisticFit {
  at::Tensor weight;  ///< float64 [rows, d], for features as they are
  at::Tensor bias;    ///< float64 [rows]
  double loss = 0;    ///< weighted mean, without the penalty
  int iterations = 0;
  bool converged = false;
  at::Tensor solution;  ///< of the standardised problem: where a fit of another strength may start
};

/// `start`: the fit of a near strength on the same samples, or null.
LogisticFit fit_logistic(const LogisticProblem& problem, double strength, int max_iterations,
                         const LogisticFit* start = nullptr);

/// The weighted mean of the cross-entropy of a fit.
double mean_log_loss(const LogisticFit& fit, const at::Tensor& features, const at::Tensor& labels,
                     const at::Tensor& weights);

}  // namespace medvlm::linear_probe
