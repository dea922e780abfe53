// Why an AUROC is undefined, in words for the reader of a report.
#pragma once

#include <string>
#include <vector>

#include "medvlm/core/data.hpp"
#include "ranking.hpp"

namespace medvlm::metrics {

/// One reason per value (headline, then classes); empty where `values` is a number. `classes` are the results of the
/// full set.
std::vector<std::string> undefined_reasons(const DatasetInfo& dataset, std::size_t samples,
                                           const std::vector<Ranking::Result>& classes,
                                           const std::vector<double>& values);

}  // namespace medvlm::metrics
