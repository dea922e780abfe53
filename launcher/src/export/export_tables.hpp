// The tables `results` and `predictions`. Their columns are described in docs/formats/export.md.
#pragma once

#include <vector>

#include "medvlm/analysis/outcome.hpp"
#include "table_sink.hpp"

namespace medvlm::launcher {

std::vector<Column> result_columns();
/// One row for every value of every scenario.
void add_results(const analysis::Outcome& outcome, TableSink& sink);

std::vector<Column> prediction_columns();
/// One row for every sample; none for published numbers. Throws what reading the predictions throws.
void add_predictions(const analysis::Outcome& outcome, TableSink& sink);

}  // namespace medvlm::launcher
