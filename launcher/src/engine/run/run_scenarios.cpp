#include "run_scenarios.hpp"

#include <algorithm>
#include <functional>

#include "medvlm/base/log.hpp"
#include "scenario_error.hpp"
#include "terminal.hpp"

namespace medvlm::launcher {
namespace {

TableRow table_row(const PlannedScenario& planned, ScenarioResult result) {
  const StudyEntry& model = planned.model->entry;
  const StudyEntry& dataset = planned.dataset->entry;
  const StudyEntry& adapter = planned.parts.adapter.entry;
  TableRow row{model.name, dataset.name, adapter.name, std::move(result)};
  row.domain = domain_of(planned.parts);
  row.trained_on = is_trained_on(planned.parts);
  row.group = adapter.group;
  row.seed = planned.parts.seed;
  return row;
}

/// Models without a checkpoint live behind an endpoint, which must be there before any work, unless all is predicted.
void check_remote_models(StudyRunner& runner, JournalMode mode, std::vector<PlannedScenario>& scenarios) {
  const Item<Model>* checked = nullptr;
  for (auto& planned : scenarios) {
    Model& model = *planned.model->object;
    if (planned.model == checked || !model.info().files.empty() || model.encoder()) continue;
    if (!runner.needs_model(planned, mode)) continue;
    checked = planned.model;
    try {
      model.load(planned.device, planned.dtype);
    } catch (Error& error) {
      throw error.add_context("model '" + planned.model->entry.name + "'");
    }
  }
}

/// One run over picked scenarios.
class Walk {
 public:
  Walk(StudyRunner& runner, const RunRequest& request, Progress& progress)
      : runner_(runner), request_(request), progress_(progress) {}

  RunOutcome over(std::vector<PlannedScenario>& scenarios) {
    if (!request_.continue_on_error) check_first(scenarios);
    for (auto first = scenarios.begin(); first != scenarios.end();) {
      const auto last = std::find_if(first, scenarios.end(), [&](const auto& each) { return each.model != first->model; });
      for (auto each = first; each != last && !stop_requested(); ++each) train(*each);
      for (auto each = first; each != last && !stop_requested(); ++each) predict(*each);
      first = last;
    }
    return std::move(outcome_);
  }

 private:
  void check_first(std::vector<PlannedScenario>& scenarios) {
    if (request_.train_only) return;
    const bool trains = std::any_of(scenarios.begin(), scenarios.end(), [](const auto& each) { return each.trains; });
    // Without trainings to keep it closed for, a faulty test split is told before any work.
    for (auto& planned : scenarios) {
      if (!trains) runner_.test_set(*planned.dataset);
    }
    check_remote_models(runner_, request_.mode, scenarios);
  }

  /// Runs `work`; a failure is left in the scenario's folder, and ends the run unless it is to go on.
  void guarded(const PlannedScenario& planned, const std::function<void()>& work) {
    try {
      work();
      forget_scenario_error(planned.folder);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::interrupted) throw;
      leave_scenario_error(planned.folder, error);
      if (!request_.continue_on_error) throw;
      log(LogLevel::error, error.what());
      outcome_.failed.push_back({planned.name, error});
    }
  }

  bool has_failed(const PlannedScenario& planned) const {
    return std::any_of(outcome_.failed.begin(), outcome_.failed.end(),
                       [&](const FailedScenario& each) { return each.name == planned.name; });
  }

  void train(PlannedScenario& planned) {
    if (!planned.trains || request_.shard) return;
    guarded(planned, [&] {
      if (request_.mode == JournalMode::fresh || runner_.must_train(planned)) runner_.train(planned, request_.mode, progress_);
      if (request_.train_only) outcome_.trained.push_back(planned.name);
    });
  }

  void predict(PlannedScenario& planned) {
    if (request_.train_only || has_failed(planned)) return;
    // Whatever trains was trained before, and what --fresh was to drop has been dropped there.
    const bool begun = request_.mode == JournalMode::fresh && planned.trains;
    const JournalMode mode = begun ? JournalMode::resume : request_.mode;
    guarded(planned, [&] {
      if (request_.shard) {
        outcome_.shards.emplace_back(planned.name, runner_.predict_shard(planned, *request_.shard, mode, progress_));
      } else {
        outcome_.rows.push_back(table_row(planned, runner_.evaluate(planned, mode, progress_)));
      }
    });
  }

  StudyRunner& runner_;
  const RunRequest& request_;
  Progress& progress_;
  RunOutcome outcome_;
};

}  // namespace

std::vector<PlannedScenario> picked(std::vector<PlannedScenario> scenarios, const ScenarioPatterns& only) {
  if (only.empty()) return scenarios;
  std::vector<std::string> names;
  for (const PlannedScenario& planned : scenarios) names.push_back(planned.name);
  const std::vector<std::string> unused = only.unused(names);
  if (!unused.empty()) {
    throw Error(ErrorCode::usage, "--only " + unused.front() + " picks no scenario" + suggestion(unused.front(), names) +
                                      "; 'medvlm plan' shows their names");
  }
  std::vector<PlannedScenario> chosen;
  for (PlannedScenario& planned : scenarios) {
    if (only.matches(planned.name)) chosen.push_back(std::move(planned));
  }
  return chosen;
}

RunOutcome run_scenarios(StudyRunner& runner, const RunRequest& request, std::vector<PlannedScenario> scenarios,
                         Progress& progress) {
  return Walk(runner, request, progress).over(scenarios);
}

}  // namespace medvlm::launcher
