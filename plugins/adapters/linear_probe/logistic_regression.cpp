#include "logistic_regression.hpp"

#include <ATen/ATen.h>

namespace medvlm::linear_probe {
namespace {

/// Loss of each sample [n] and its derivative by the logits [n, rows].
struct Losses {
  at::Tensor loss, derivative;
};

Losses losses_of(const at::Tensor& logits, const at::Tensor& labels, bool derivatives) {
  if (logits.size(1) == 1) {
    const at::Tensor target = labels.to(at::kDouble).unsqueeze(1);
    const at::Tensor loss = (at::softplus(logits) - target * logits).squeeze(1);
    return {loss, derivatives ? at::sigmoid(logits) - target : at::Tensor()};
  }
  const at::Tensor log_probabilities = at::log_softmax(logits, 1);
  const at::Tensor index = labels.unsqueeze(1);
  const at::Tensor loss = -log_probabilities.gather(1, index).squeeze(1);
  if (!derivatives) return {loss, {}};
  return {loss, log_probabilities.exp().scatter_add_(1, index, at::full(index.sizes(), -1.0, at::kDouble))};
}

/// The problem as a function of one vector: coefficients of standardised features, then intercepts. Features are never
/// copied: standardisation is an affine change of the coefficients.
class StandardisedProblem {
 public:
  StandardisedProblem(const LogisticProblem& problem, double strength)
      : problem_(problem),
        rows_(problem.classes == 2 ? 1 : problem.classes),
        width_(problem.features.size(1)),
        total_(problem.weights.sum().item<double>()),
        penalty_(1 / (strength * total_)) {
    mean_ = at::zeros({width_}, at::kDouble);
    scale_ = at::ones({width_}, at::kDouble);
    if (problem.standardise) standardise();
  }

  /// Mean loss and penalty: the objective divided by C times the sum of the weights.
  double operator()(const at::Tensor& x, at::Tensor& gradient) const {
    const at::Tensor coefficients = coefficients_of(x);
    const Losses losses = losses_of(logits(x), problem_.labels, true);
    const double loss = losses.loss.dot(problem_.weights).item<double>() / total_;
    const at::Tensor derivative = losses.derivative * (problem_.weights / total_).unsqueeze(1);
    const at::Tensor sums = derivative.sum(0);
    const at::Tensor by_feature = at::mm(derivative.t(), problem_.features) - at::outer(sums, mean_);
    gradient = at::cat({(by_feature * scale_ + penalty_ * coefficients).flatten(), sums});
    return loss + 0.5 * penalty_ * coefficients.square().sum().item<double>();
  }

  at::Tensor start() const { return at::zeros({rows_ * (width_ + 1)}, at::kDouble); }

  LogisticFit fit_of(const LbfgsResult& result) const {
    LogisticFit fit;
    fit.solution = result.x;
    fit.weight = coefficients_of(result.x) * scale_;
    fit.bias = intercepts_of(result.x) - at::mv(fit.weight, mean_);
    fit.loss = result.value - 0.5 * penalty_ * coefficients_of(result.x).square().sum().item<double>();
    fit.iterations = result.iterations;
    fit.converged = result.converged;
    return fit;
  }

 private:
  void standardise() {
    const at::Tensor part = (problem_.weights > 0).to(at::kDouble);
    const double count = part.sum().item<double>();
    mean_ = at::mv(problem_.features.t(), part) / count;
    // Row blocks: a copy of all features would double the memory.
    at::Tensor square = at::zeros({width_}, at::kDouble);
    constexpr std::int64_t kRows = 4096;
    for (std::int64_t first = 0; first < problem_.features.size(0); first += kRows) {
      const std::int64_t rows = std::min(kRows, problem_.features.size(0) - first);
      const at::Tensor centred = problem_.features.narrow(0, first, rows) - mean_;
      square += at::mv(centred.square().t(), part.narrow(0, first, rows));
    }
    const at::Tensor deviation = (square / count).sqrt();
    // A constant feature says nothing; rounding must not make it say something.
    const at::Tensor constant = deviation <= 1e-12 * mean_.abs().clamp_min(1e-300);
    scale_ = at::where(constant, at::ones_like(deviation), 1 / deviation);
  }

  at::Tensor coefficients_of(const at::Tensor& x) const { return x.narrow(0, 0, rows_ * width_).view({rows_, width_}); }
  at::Tensor intercepts_of(const at::Tensor& x) const { return x.narrow(0, rows_ * width_, rows_); }

  at::Tensor logits(const at::Tensor& x) const {
    const at::Tensor weight = coefficients_of(x) * scale_;
    return at::addmm(intercepts_of(x) - at::mv(weight, mean_), problem_.features, weight.t());
  }

  const LogisticProblem& problem_;
  std::int64_t rows_, width_;
  double total_, penalty_;
  at::Tensor mean_, scale_;
};

}  // namespace

LogisticFit fit_logistic(const LogisticProblem& problem, double strength, int max_iterations, const LogisticFit* start) {
  const StandardisedProblem objective(problem, strength);
  LbfgsOptions options;
  options.max_iterations = max_iterations;
  return objective.fit_of(minimise([&](const at::Tensor& x, at::Tensor& gradient) { return objective(x, gradient); },
                                   start ? start->solution : objective.start(), options));
}

double mean_log_loss(const LogisticFit& fit, const at::Tensor& features, const at::Tensor& labels,
                     const at::Tensor& weights) {
  const at::Tensor logits = at::addmm(fit.bias, features, fit.weight.t());
  return losses_of(logits, labels, false).loss.dot(weights).item<double>() / weights.sum().item<double>();
}

}  // namespace medvlm::linear_probe
