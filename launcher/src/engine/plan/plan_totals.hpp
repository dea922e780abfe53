// Sums over a plan.
#pragma once

#include <map>
#include <string>

#include "plan_report.hpp"

namespace medvlm::launcher {

struct PlanTotals {
  std::map<std::string, std::size_t> states;
  std::size_t predictions_left = 0;
  std::size_t images_to_encode = 0, cached_embeddings = 0;
  double training_images = 0;
  std::int64_t trainable_parameters = 0;  ///< of those that are known
  double seconds = 0;                     ///< of those that are known
  double bytes = 0;
  std::size_t unknown_parameters = 0, unknown_times = 0;  ///< scenarios
  std::map<Basis, std::size_t> bases;     ///< scenarios that are not done, by where their time comes from
};

PlanTotals totals_of(const PlanReport& report);

/// Predictions that are still to make.
std::size_t predictions_left(const ScenarioProgress& progress, const ScenarioForecast& forecast);

}  // namespace medvlm::launcher
