// Minimises a smooth function: limited-memory BFGS with a line search that meets the strong Wolfe conditions.
#pragma once

#include <functional>

#include <ATen/core/Tensor.h>

namespace medvlm::linear_probe {

/// The value at x (float64 [n]); writes the gradient there.
using Objective = std::function<double(const at::Tensor& x, at::Tensor& gradient)>;

struct LbfgsOptions {
  int memory = 20;              ///< pairs that are kept
  int max_iterations = 10000;
  double tolerance = 1e-10;     ///< of the largest component of the gradient
};

struct LbfgsResult {
  at::Tensor x;
  double value = 0;
  double gradient = 0;  ///< its largest component
  int iterations = 0;
  /// The tolerance was met, or no step could lower the value any more in double precision.
  bool converged = false;
};

/// Nocedal and Wright, Numerical Optimization (2006), algorithms 7.4, 7.5, 3.5 and 3.6.
LbfgsResult minimise(const Objective& objective, at::Tensor start, const LbfgsOptions& options);

}  // namespace medvlm::linear_probe
