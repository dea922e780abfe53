// Averages of precision, recall and F1 over classes, as scikit-learn defines them.
#pragma once

#include <span>

#include "medvlm/sdk/metric/decisions.hpp"

namespace medvlm::metrics {

enum class Average { binary, macro, macro_all, micro, weighted, samples };

struct Scores {
  double f1 = 0;
  double precision = 0;
  double recall = 0;
};

/// Of one class, or of pooled decisions; 0 where a denominator is 0.
Scores scores_of(const sdk::ClassCounts& counts);

/// Over all classes; NaN if there is nothing to average. `average` is not samples. `exclusive`: each sample has exactly
/// one class, so a class that occurs neither in truth nor in prediction is none of the set.
Scores average_of(Average average, std::span<const sdk::ClassCounts> counts, bool exclusive);

}  // namespace medvlm::metrics
