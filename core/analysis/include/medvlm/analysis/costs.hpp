// What tuning cost and what it gained over the same model off the shelf, and how much smaller that is than a specialist.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "medvlm/analysis/difference.hpp"
#include "medvlm/analysis/research_questions.hpp"
#include "medvlm/analysis/score_table.hpp"
#include "medvlm/base/api.hpp"

namespace medvlm::analysis {

/// One tuned scenario. Of several seeds, costs are means. Whatever is unknown is 0 (counts, seconds, bytes) or NaN.
struct CostOfGain {
  const Cell* tuned = nullptr;
  const Cell* off_the_shelf = nullptr;
  std::string model, role, dataset, adapter, domain;
  double gain = 0;              ///< advantage of the tuned one, in the metric's own scale
  DifferenceInterval interval;  ///< of the gain

  std::int64_t trained_parameters = 0;
  std::int64_t model_parameters = 0;
  double training_seconds = 0, evaluation_seconds = 0;
  std::string device;           ///< on which: "cpu", "cuda:0"
  std::int64_t stored_bytes = 0;       ///< what the adapter keeps on the disk
  std::int64_t peak_memory_bytes = 0;
  /// Cost divided by points gained (gain x 100); NaN where nothing was gained or the cost is unknown.
  double parameters_per_point = 0, training_seconds_per_point = 0, stored_bytes_per_point = 0;

  /// The best specialist off the shelf on the dataset, of any domain; `cell` null where there is none.
  Contender specialist;
  std::int64_t specialist_parameters = 0;
  double advantage = 0;            ///< of the tuned model over this specialist; NaN without one
  double share_of_specialist = 0;  ///< trained_parameters / specialist_parameters; NaN where unknown
};

/// By model, dataset, adapter, for every tuned cell whose model was evaluated off the shelf, too.
MEDVLM_API std::vector<CostOfGain> costs_of_gains(const ScoreTable& table);

}  // namespace medvlm::analysis
