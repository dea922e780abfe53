// How sure one is of a difference between two cells of a table: paired by rounds where both have them on the same resamples,
// else from the two deviations as if they were independent, else not at all.
#pragma once

#include <cstddef>
#include <limits>
#include <string_view>

#include "medvlm/analysis/score_table.hpp"
#include "medvlm/base/api.hpp"

namespace medvlm::analysis {

/// What an interval of a difference is made of.
enum class Pairing {
  none,      ///< there is no interval
  paired,    ///< percentiles of the differences round by round, on the same resamples
  unpaired,  ///< normal, from both deviations taken for independent: too wide where both models saw the same samples
};

/// "none", "paired", "unpaired".
MEDVLM_API std::string_view pairing_name(Pairing pairing);

/// The interval of an advantage (ScoreTable::advantage). NaN where `pairing` is none.
struct DifferenceInterval {
  Pairing pairing = Pairing::none;
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
  double std = std::numeric_limits<double>::quiet_NaN();
  double p = std::numeric_limits<double>::quiet_NaN();  ///< two-sided, of no difference
  double detectable = std::numeric_limits<double>::quiet_NaN();  ///< true difference found with 80 % probability at 1 - confidence
  std::size_t rounds = 0;  ///< in which both are defined

  /// Whether 0 is outside of it; false without an interval.
  bool excludes_zero() const { return low > 0 || high < 0; }
  /// Whether it is paired and excludes 0: what counts as significant.
  bool significant() const { return pairing == Pairing::paired && excludes_zero(); }
};

/// The advantage of `a` over `b`. Throws what ScoreTable::rounds throws.
MEDVLM_API DifferenceInterval difference_interval(const ScoreTable& table, const Cell& a, const Cell& b);

}  // namespace medvlm::analysis
