#include "plan_totals.hpp"

#include <algorithm>

namespace medvlm::launcher {

std::size_t predictions_left(const ScenarioProgress& progress, const ScenarioForecast& forecast) {
  if (progress.state == "done") return 0;
  if (progress.state == "changed") return forecast.samples;
  return forecast.samples - std::min(progress.records, forecast.samples);
}

PlanTotals totals_of(const PlanReport& report) {
  PlanTotals totals;
  for (std::size_t i = 0; i < report.scenarios.size(); ++i) {
    const ScenarioForecast& each = report.forecast.scenarios[i];
    ++totals.states[report.progress[i].state];
    totals.predictions_left += predictions_left(report.progress[i], each);
    totals.images_to_encode += each.images_to_encode;
    totals.cached_embeddings += each.cached_embeddings;
    totals.training_images += each.training_images;
    totals.bytes += each.bytes;
    if (each.trainable_parameters < 0) ++totals.unknown_parameters;
    else totals.trainable_parameters += each.trainable_parameters;
    if (std::isnan(each.seconds)) ++totals.unknown_times;
    else totals.seconds += each.seconds;
    if (report.progress[i].state != "done") ++totals.bases[each.basis];
  }
  return totals;
}

}  // namespace medvlm::launcher
