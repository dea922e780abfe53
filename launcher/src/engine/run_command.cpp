// `medvlm run`
#include <iostream>

#include <ATen/Parallel.h>

#include "medvlm/base/log.hpp"
#include "results_table.hpp"
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
  StudyRunner runner(bench);
  runner.for_each([&](PlannedScenario& planned) {
    if (stop_requested()) return;
    ScenarioResult result = runner.evaluate(planned, mode, progress);
    rows.push_back({planned.model->entry.name, planned.dataset->entry.name, planned.parts.adapter.entry.name, std::move(result)});
  });
  if (options.has("json")) {
    std::cout << results_json(rows);
  } else if (stop_requested()) {
    std::cout << "stopped; run the same command again to continue\n";
  } else {
    std::cout << results_table(rows, study.bootstrap.confidence) << "\nresults: " << study.output.string() << "\n";
  }
  return final_status(rows, options.has("max-errors") ? options.get<std::size_t>("max-errors") : study.run.max_errors);
}

}  // namespace medvlm::launcher
