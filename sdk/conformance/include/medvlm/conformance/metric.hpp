// Conformance of a metric plugin, checked through the Metric interface alone.
#pragma once

#include <vector>

#include "medvlm/base/api.hpp"
#include "medvlm/conformance/finding.hpp"
#include "medvlm/core/metric.hpp"

namespace medvlm::conformance {

/// Laws, on synthetic sets of every dataset kind that the metric accepts: names are unique and the first is a headline;
/// a multiplicity vector gives the value of the set in which each sample is repeated so often; doubling it changes
/// nothing (or doubles a count); order does not matter; nothing drawn, nothing scored and, for a metric that learns there, an empty train split
/// are survived; two threads agree; the prepared metric does not refer to the samples.
MEDVLM_API std::vector<Finding> check_metric(Metric& metric);

}  // namespace medvlm::conformance
