// Differences between scenarios from their bootstrap rounds, which share their resamples: paired round by round.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "medvlm/analysis/interval.hpp"
#include "medvlm/analysis/rounds_file.hpp"
#include "medvlm/base/api.hpp"

namespace medvlm::analysis {

/// A difference, or any contrast of several values, with its interval and test.
struct Contrast {
  Interval interval;   ///< of the contrast; valid_rounds: those in which all its parts are defined
  double p_value = 0;  ///< two-sided, against 0; never 0; NaN where no round is valid
};

/// How one contrast of values varies: `value` on the samples themselves, `rounds` in every round of the bootstrap (NaN where a
/// part is undefined: left out). For contrasts such as "best of these minus best of those", compute it in each round and pass
/// the result here. The p-value is the level at which the percentile interval would just touch 0,
/// 2 * (1 + min(#rounds <= 0, #rounds >= 0)) / (1 + #rounds), at most 1: it agrees with the interval, and the added ones keep
/// it from claiming more than the rounds can tell (B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, 1993, section
/// 15.4; the added ones: A. C. Davison, D. V. Hinkley, Bootstrap Methods and their Application, 1997, section 4.2). Rounds that
/// differ from 0 by rounding alone (below 1e-12) count as 0. Throws Error(config) for a confidence outside (0, 1).
MEDVLM_API Contrast contrast_of(double value, std::vector<double> rounds, double confidence);

/// first - second. Throws Error(internal) if the numbers of rounds differ, and as contrast_of().
MEDVLM_API Contrast paired_difference(double first, double second, std::span<const double> first_rounds,
                                      std::span<const double> second_rounds, double confidence);

/// Everything in which two keys differ, in words: "the test sets differ", "seed 1 and 2". Empty: rounds are paired.
MEDVLM_API std::vector<std::string> differences_between(const ResampleKey& first, const ResampleKey& second);

/// Throws Error(conflict) with all differences and the cure unless the rounds of two scenarios are paired. `further` holds
/// differences that the keys do not tell.
MEDVLM_API void require_paired(const ResampleKey& first, const std::string& first_name, const ResampleKey& second,
                               const std::string& second_name, const std::vector<std::string>& further = {});

}  // namespace medvlm::analysis
