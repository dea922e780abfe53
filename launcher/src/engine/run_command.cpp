// `medvlm run`
#include <algorithm>
#include <iostream>
#include <map>

#include <ATen/Parallel.h>

#include "medvlm/base/log.hpp"
#include "medvlm/base/files.hpp"
#include "results_table.hpp"
#include "seed_spread.hpp"
#include "study_command.hpp"
#include "study_options.hpp"
#include "study_runner.hpp"
#include "terminal.hpp"

namespace medvlm::launcher {
namespace {

namespace po = boost::program_options;

JournalMode journal_mode(const StudyOptions& options) {
  if (options.has("fresh") && options.has("rescore")) {
    throw Error(ErrorCode::usage, "--fresh starts over and --rescore keeps the predictions: give one of them");
  }
  if (options.has("fresh")) return JournalMode::fresh;
  return options.has("rescore") ? JournalMode::rescore : JournalMode::resume;
}

TableRow table_row(const PlannedScenario& planned, ScenarioResult result) {
  const StudyEntry& model = planned.model->entry;
  const StudyEntry& dataset = planned.dataset->entry;
  const StudyEntry& adapter = planned.parts.adapter.entry;
  const DatasetInfo& info = planned.dataset->object->info();
  TableRow row{model.name, dataset.name, adapter.name, std::move(result)};
  row.domain = domain_of(model.facts, info.modality);
  row.trained_on = std::any_of(model.facts.trained_on.begin(), model.facts.trained_on.end(),
                               [&](const std::string& name) { return name == info.name || name == dataset.name; });
  row.group = adapter.group;
  row.seed = planned.parts.seed;
  return row;
}

/// Leaves the spread over the seeds beside the scenarios of each adapter that was trained with several.
void write_seed_spreads(const std::vector<SeedSpread>& spreads, const std::filesystem::path& output) {
  std::map<std::filesystem::path, std::vector<SeedSpread>> by_folder;
  for (const SeedSpread& spread : spreads) by_folder[output / spread.model / spread.dataset / spread.adapter].push_back(spread);
  for (const auto& [folder, list] : by_folder) write_file_atomically(folder / "seeds.json", seed_json(list));
}

/// What metrics need beyond their files must be there before the work that they are to score.
void check_metrics(Workbench& bench) {
  for (const auto& metric : bench.metrics()) {
    try {
      metric.object->preflight();
    } catch (Error& error) {
      throw error.add_context("metric '" + metric.entry.name + "'");
    }
  }
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

/// All scenarios of one model after another: first every training, then every test, so that no test split is open while an
/// adapter of that model learns.
void run_scenarios(StudyRunner& runner, JournalMode mode, Progress& progress, std::vector<TableRow>& rows) {
  std::vector<PlannedScenario> scenarios = runner.plan();
  const bool trains = std::any_of(scenarios.begin(), scenarios.end(), [](const auto& each) { return each.trains; });
  // Without trainings to keep it closed for, a faulty test split is told before any work.
  for (auto& planned : scenarios) {
    if (!trains) runner.test_set(*planned.dataset);
  }
  check_remote_models(runner, mode, scenarios);
  for (auto first = scenarios.begin(); first != scenarios.end();) {
    const auto last = std::find_if(first, scenarios.end(), [&](const auto& each) { return each.model != first->model; });
    for (auto each = first; each != last && !stop_requested(); ++each) {
      if (!each->trains || (mode != JournalMode::fresh && !runner.must_train(*each))) continue;
      runner.train(*each, mode, progress);
    }
    for (auto each = first; each != last && !stop_requested(); ++each) {
      // Whatever trains was trained above, and what --fresh was to drop has been dropped there.
      const bool begun = mode == JournalMode::fresh && each->trains;
      ScenarioResult result = runner.evaluate(*each, begun ? JournalMode::resume : mode, progress);
      rows.push_back(table_row(*each, std::move(result)));
    }
    first = last;
  }
}

/// The exit status: samples failed beyond what is tolerated, interrupted, or 0.
int final_status(const std::vector<TableRow>& rows, std::size_t max_errors) {
  std::size_t errored = 0;
  for (const TableRow& row : rows) errored += row.result.errored;
  if (stop_requested()) return exit_status(ErrorCode::interrupted);
  if (errored <= max_errors) return 0;
  log(LogLevel::error, std::to_string(errored) + " samples have no prediction, " + std::to_string(max_errors) +
                           " are tolerated (--max-errors); their images and reasons are in result.json");
  return kExitSamplesFailed;
}

}  // namespace

int run_main(int argc, char** argv) {
  po::options_description own;
  own.add_options()
      ("fresh", "start over: drop the predictions that are there")
      ("rescore", "keep the predictions and compute metrics and intervals anew")
      ("max-errors", po::value<std::size_t>()->value_name("N"), "failed samples that are tolerated; overrides run.max_errors");
  StudyOptions options;
  if (!options.parse(argc, argv, "run",
                     "Runs every scenario (model x dataset x adapter) of a study. Run it again to continue after a stop:\n"
                     "what is done is kept. Results: <output>/<model>/<dataset>/<adapter>/result.json.",
                     own)) {
    return 0;
  }
  const bool quiet = options.has("quiet");
  start_logging(quiet);
  install_stop_signals();
  std::vector<Diagnostic> diagnostics;
  Study read = options.read(diagnostics);
  Workbench bench(std::move(read), options.plugin_folders(), std::move(diagnostics));
  const Study& study = bench.study();
  if (study.run.threads > 0) at::set_num_threads(study.run.threads);
  const JournalMode mode = journal_mode(options);

  std::vector<TableRow> rows;
  TerminalProgress progress(quiet);
  check_metrics(bench);
  StudyRunner runner(bench);
  run_scenarios(runner, mode, progress, rows);
  const auto spreads = seed_spreads(rows);
  if (!stop_requested()) write_seed_spreads(spreads, study.output);
  if (options.has("json")) {
    std::cout << results_json(rows);
  } else if (stop_requested()) {
    std::cout << "stopped; run the same command again to continue\n";
  } else {
    const std::string over_seeds = seed_table(spreads);
    std::cout << results_table(rows, study.bootstrap.confidence) << (over_seeds.empty() ? "" : "\nover seeds:\n" + over_seeds)
              << "\nresults: " << study.output.string() << "\n";
  }
  return final_status(rows, options.has("max-errors") ? options.get<std::size_t>("max-errors") : study.run.max_errors);
}

}  // namespace medvlm::launcher
