// The probe as the optimum of regularised logistic regression, its strength chosen on held-out samples.
#pragma once

#include <functional>

#include "probe_options.hpp"

namespace medvlm::linear_probe {

/// `checkpoint` is called between fits and may throw to stop. Throws Error(config) where no fold can be used.
TrainedProbe solve_lbfgs(const ProbeData& data, const ProbeOptions& options, const std::function<void()>& checkpoint);

}  // namespace medvlm::linear_probe
