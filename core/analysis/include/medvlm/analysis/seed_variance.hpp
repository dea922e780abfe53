// The mean over several trainings with different seeds, and how sure it is: test set and seeds together.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm::analysis {

/// A mean over seeds. Unknown numbers are NaN.
struct SeedSummary {
  std::size_t seeds = 0;        ///< those with a value
  double mean = 0;
  double seed_variance = 0;     ///< of a single training, about the mean: divided by seeds - 1; NaN for one seed
  double test_variance = 0;     ///< of the mean, from the test set: variance over rounds of the mean over seeds
  double standard_error = 0;    ///< sqrt(test_variance + seed_variance / seeds)
  double degrees = 0;           ///< of freedom of the t distribution behind the interval
  double low = 0, high = 0;
};

/// `values[s]` is the value of seed s on the full test set, `rounds[s]` its bootstrap rounds (all with one ResampleKey). Seeds
/// whose value is NaN are left out, and rounds in which one of the others is NaN. The error of a mean over trainings on one test
/// set has two sources that add: which samples were drawn, which averaging over seeds does not reduce, and which trainings, which
/// it does (random-effects model of R. L. Brennan, Generalizability Theory, 2001; for training noise X. Bouthillier et al., MLSys
/// 2021). The share of both together (a training's luck with this test set) is in both terms, so that the sum errs to the wide
/// side. As few seeds tell little of their variance, the interval uses Student's t with F. E. Satterthwaite's degrees of freedom
/// (Biometrics Bulletin 2, 1946). With one seed there is no interval: the seeds' share is unknown. Throws Error(internal) for sizes that
/// do not fit, Error(config) for a confidence outside (0, 1).
MEDVLM_API SeedSummary summarise_seeds(std::span<const double> values, std::span<const std::vector<double>> rounds,
                                       double confidence);

}  // namespace medvlm::analysis
