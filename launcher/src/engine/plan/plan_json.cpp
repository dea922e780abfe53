// The JSON of `medvlm plan`.
#include "numbers.hpp"
#include "plan_report.hpp"
#include "plan_totals.hpp"

namespace medvlm::launcher {
namespace {

using Json = nlohmann::ordered_json;

const char* basis_name(Basis basis) {
  switch (basis) {
    case Basis::nothing_to_do: return "nothing to do";
    case Basis::finished_scenarios: return "finished scenarios";
    case Basis::rule_of_thumb: return "rule of thumb";
    case Basis::unknown: break;
  }
  return "unknown";
}

Json known_or_null(std::int64_t number) { return number < 0 ? Json(nullptr) : Json(number); }

Json scenario_json(const PlannedScenario& planned, const ScenarioProgress& progress, const ScenarioForecast& forecast) {
  return {{"name", planned.name},
          {"model", planned.model->entry.name},
          {"dataset", planned.dataset->entry.name},
          {"adapter", planned.parts.adapter.entry.name},
          {"family", planned.model->entry.facts.family.empty() ? planned.model->object->info().family : planned.model->entry.facts.family},
          {"role", planned.model->entry.facts.role},
          {"modality", modality_of(*planned.dataset)},
          {"domain", domain_of(planned.parts)},
          {"trained_on_dataset", is_trained_on(planned.parts)},
          {"state", progress.state},
          {"samples", forecast.samples},
          {"predictions", progress.records},
          {"errored", progress.errored},
          {"parameters", planned.model->object->info().parameters},
          {"trainable_parameters", known_or_null(forecast.trainable_parameters)},
          {"images_to_encode", forecast.images_to_encode},
          {"cached_embeddings", forecast.cached_embeddings},
          {"training_images", forecast.training_images},
          {"seconds", number_or_null(forecast.seconds)},
          {"seconds_from", basis_name(forecast.basis)},
          {"bytes", forecast.bytes},
          {"batch_size", planned.parts.batch_size},
          {"device", planned.parts.device},
          {"dtype", planned.parts.dtype},
          {"folder", planned.folder.string()},
          {"differences", progress.differences},
          {"error", progress.error}};
}

}  // namespace

std::string plan_json(const PlanReport& report) {
  Json scenarios = Json::array(), missing = Json::array();
  for (std::size_t i = 0; i < report.scenarios.size(); ++i) {
    scenarios.push_back(scenario_json(report.scenarios[i], report.progress[i], report.forecast.scenarios[i]));
  }
  for (const MissingVariable& each : report.missing) {
    missing.push_back({{"variable", each.variable}, {"key", each.key}, {"scenarios", each.scenarios}});
  }
  const PlanTotals totals = totals_of(report);
  const Json sums = {{"scenarios", report.scenarios.size()},
                     {"states", totals.states},
                     {"predictions_left", totals.predictions_left},
                     {"images_to_encode", totals.images_to_encode},
                     {"cached_embeddings", totals.cached_embeddings},
                     {"training_images", totals.training_images},
                     {"trainable_parameters", totals.trainable_parameters},
                     {"seconds", totals.seconds},
                     {"bytes", totals.bytes},
                     {"scenarios_of_unknown_parameters", totals.unknown_parameters},
                     {"scenarios_of_unknown_time", totals.unknown_times},
                     {"matrix_rate", report.forecast.matrix_rate}};
  const Json document = {{"scenarios", scenarios}, {"totals", sums}, {"missing_variables", missing}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace medvlm::launcher
