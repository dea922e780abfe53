// `medvlm run`
#include <algorithm>
#include <charconv>
#include <iostream>
#include <map>
#include <thread>

#include <ATen/Parallel.h>

#include "jobs.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/base/log.hpp"
#include "run_scenarios.hpp"
#include "seed_spread.hpp"
#include "study_command.hpp"
#include "study_file.hpp"
#include "study_options.hpp"
#include "terminal.hpp"

namespace medvlm::launcher {
namespace {

namespace po = boost::program_options;

po::options_description run_options() {
  po::options_description own;
  own.add_options()
      ("only", po::value<std::vector<std::string>>()->composing()->value_name("PATTERN"),
       "only scenarios of this name, e.g. 'clip/*/lora'; may be repeated")
      ("jobs", po::value<std::size_t>()->value_name("N"), "so many processes, each with models (or datasets) of its own")
      ("continue-on-error", "a scenario that fails as a whole does not end the run")
      ("train-only", "train the adapters that are to train, and predict nothing")
      ("shard", po::value<std::string>()->value_name("I/N"),
       "predict the I-th of N parts of each scenario's test split and score nothing; a run without --shard joins the parts")
      ("fresh", "start over: drop the predictions that are there")
      ("rescore", "keep the predictions and compute metrics and intervals anew")
      ("max-errors", po::value<std::size_t>()->value_name("N"), "failed samples that are tolerated; overrides run.max_errors");
  return own;
}

JournalMode journal_mode(const StudyOptions& options) {
  if (options.has("fresh") && options.has("rescore")) {
    throw Error(ErrorCode::usage, "--fresh starts over and --rescore keeps the predictions: give one of them");
  }
  if (options.has("fresh")) return JournalMode::fresh;
  return options.has("rescore") ? JournalMode::rescore : JournalMode::resume;
}

/// "2/8"
Shard parse_shard(const std::string& text) {
  Shard shard{0, 0};
  const char* const end = text.data() + text.size();
  const auto [slash, first] = std::from_chars(text.data(), end, shard.index);
  const bool has_slash = first == std::errc() && slash != end && *slash == '/';
  const bool good = has_slash && std::from_chars(slash + 1, end, shard.count).ptr == end;
  if (!good || shard.index < 1 || shard.index > shard.count) {
    throw Error(ErrorCode::usage, "--shard needs I/N with I from 1 to N, e.g. --shard 2/8; found '" + text + "'");
  }
  --shard.index;
  return shard;
}

RunRequest request_of(const StudyOptions& options) {
  RunRequest request;
  request.mode = journal_mode(options);
  if (options.has("only")) request.only = ScenarioPatterns(options.get<std::vector<std::string>>("only"));
  if (options.has("shard")) request.shard = parse_shard(options.get<std::string>("shard"));
  request.train_only = options.has("train-only");
  request.continue_on_error = options.has("continue-on-error");
  if (request.shard && (request.train_only || request.mode == JournalMode::fresh || options.has("jobs"))) {
    throw Error(ErrorCode::usage, "--shard predicts one part of what is there: not together with --train-only, --fresh or --jobs");
  }
  return request;
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

/// The arguments of this call for a process that runs the named scenarios.
std::vector<std::string> words_of_job(const StudyOptions& options, const Study& study, std::size_t jobs,
                                      const std::vector<std::string>& names) {
  std::vector<std::string> words{"run", options.get<std::vector<std::string>>("study").front(), "--quiet"};
  const std::vector<std::string> changes = options.changes_as_words();
  words.insert(words.end(), changes.begin(), changes.end());
  for (const char* name : {"fresh", "rescore", "train-only", "continue-on-error"}) {
    if (options.has(name)) words.push_back(std::string("--") + name);
  }
  if (study.run.threads == 0) {
    const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
    words.insert(words.end(), {"--set", "run.threads=" + std::to_string(std::max<std::size_t>(1, cores / jobs))});
  }
  // Failed samples are counted once, by the call that starts the others.
  words.insert(words.end(), {"--max-errors", std::to_string(std::numeric_limits<std::int32_t>::max())});
  for (const std::string& name : names) words.insert(words.end(), {"--only", name});
  return words;
}

/// Runs the scenarios in several processes. What failed there fails again here, where it is told.
void run_in_jobs(const StudyOptions& options, const Study& study, const std::vector<PlannedScenario>& scenarios,
                 const RunRequest& request) {
  const std::size_t at_once = options.get<std::size_t>("jobs");
  if (at_once < 1) throw Error(ErrorCode::usage, "--jobs needs a number from 1 on");
  std::vector<std::string> names;
  for (const PlannedScenario& planned : scenarios) names.push_back(planned.name);
  std::vector<Job> jobs;
  for (const auto& group : job_groups(names, at_once)) {
    jobs.push_back({group.size() == 1 ? group.front() : group.front() + " and " + std::to_string(group.size() - 1) + " more",
                    words_of_job(options, study, at_once, group)});
  }
  const std::vector<int> statuses = run_jobs(jobs, at_once);
  if (request.continue_on_error || stop_requested()) return;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (statuses[i] <= 0) continue;
    throw Error(ErrorCode::plugin, jobs[i].name + ": the process ended with status " + std::to_string(statuses[i]) +
                                       "; its message is above; what others computed is kept");
  }
}

/// Prints what the run gave.
void print_outcome(const RunOutcome& outcome, const std::vector<SeedSpread>& spreads, const Study& study) {
  for (const auto& [name, shard] : outcome.shards) {
    std::cout << name << ": " << shard.predicted << " of " << shard.samples << " samples of the shard predicted, "
              << shard.errored << " failed\n";
  }
  for (const std::string& name : outcome.trained) std::cout << name << ": trained\n";
  if (!outcome.rows.empty()) std::cout << results_table(outcome.rows, study.bootstrap.confidence);
  const std::string over_seeds = seed_table(spreads);
  if (!over_seeds.empty()) std::cout << "\nover seeds:\n" << over_seeds;
  if (!outcome.failed.empty()) std::cout << "\nfailed (" << outcome.failed.size() << "), see error.json in their folders:\n";
  for (const FailedScenario& failed : outcome.failed) std::cout << "  " << failed.error.what() << "\n";
  std::cout << "\nresults: " << study.output.string() << "\n";
}

/// The exit status: that of the first scenario that failed as a whole, samples failed beyond what is tolerated, interrupted,
/// or 0.
int final_status(const RunOutcome& outcome, std::size_t max_errors) {
  if (stop_requested()) return exit_status(ErrorCode::interrupted);
  if (!outcome.failed.empty()) return exit_status(outcome.failed.front().error.code());
  std::size_t errored = 0;
  for (const TableRow& row : outcome.rows) errored += row.result.errored;
  if (errored <= max_errors) return 0;
  log(LogLevel::error, std::to_string(errored) + " samples have no prediction, " + std::to_string(max_errors) +
                           " are tolerated (--max-errors); their images and reasons are in result.json");
  return kExitSamplesFailed;
}

}  // namespace

int run_main(int argc, char** argv) {
  StudyOptions options;
  if (!options.parse(argc, argv, "run",
                     "Runs every scenario (model x dataset x adapter) of a study. Run it again to continue after a stop:\n"
                     "what is done is kept. Results: <output>/<model>/<dataset>/<adapter>/result.json.",
                     run_options())) {
    return 0;
  }
  const bool quiet = options.has("quiet");
  start_logging(quiet);
  install_stop_signals();
  const RunRequest request = request_of(options);
  std::vector<Diagnostic> diagnostics;
  Study read = options.read(diagnostics);
  Workbench bench(std::move(read), options.plugin_folders(), std::move(diagnostics));
  const Study& study = bench.study();
  if (study.run.threads > 0) at::set_num_threads(study.run.threads);

  TerminalProgress progress(quiet);
  if (!request.train_only && !request.shard) check_metrics(bench);
  StudyRunner runner(bench);
  const std::vector<PlannedScenario> planned = runner.plan();
  const std::vector<PlannedScenario> chosen = picked(planned, request.only);
  write_study_file(study, runner, planned);
  RunRequest here = request;
  if (options.has("jobs")) {
    run_in_jobs(options, study, chosen, request);
    here.mode = JournalMode::resume;
  }
  const RunOutcome outcome = run_scenarios(runner, here, chosen, progress);
  write_study_file(study, runner, planned);
  const auto spreads = seed_spreads(outcome.rows);
  if (!stop_requested()) write_seed_spreads(spreads, study.output);
  if (options.has("json")) {
    std::cout << results_json(outcome.rows);
  } else if (stop_requested()) {
    std::cout << "stopped; run the same command again to continue\n";
  } else {
    print_outcome(outcome, spreads, study);
  }
  return final_status(outcome, options.has("max-errors") ? options.get<std::size_t>("max-errors") : study.run.max_errors);
}

}  // namespace medvlm::launcher
