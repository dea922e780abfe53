#include "submit_command.hpp"

#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

#include "clock.hpp"
#include "cluster/local.hpp"
#include "cluster/process.hpp"
#include "cluster/script.hpp"
#include "cluster/settings.hpp"
#include "cluster/task_states.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/base/log.hpp"
#include "medvlm/registry/search_path.hpp"
#include "pending_work.hpp"
#include "results_table.hpp"
#include "run_scenarios.hpp"
#include "study_file.hpp"
#include "study_options.hpp"
#include "terminal.hpp"

namespace medvlm::launcher {
namespace {

namespace po = boost::program_options;
using cluster::Submission;
using cluster::TaskState;
using json = nlohmann::ordered_json;

po::options_description submit_options() {
  po::options_description own;
  const auto text = [] { return po::value<std::string>(); };
  const auto number = [] { return po::value<std::size_t>()->value_name("N"); };
  own.add_options()
      ("executor", text()->default_value("slurm")->value_name("NAME"),
       "slurm: submit with sbatch; local: run the tasks here, in order; script: only write the scripts")
      ("only", po::value<std::vector<std::string>>()->composing()->value_name("PATTERN"),
       "only scenarios of this name, e.g. 'clip/*/lora'; may be repeated")
      ("shards", number(), "cut every test set into N parts, a task each")
      ("samples-per-shard", number(), "cut test sets so that a part has about N samples at most")
      ("group", text()->default_value("scenario")->value_name("BY"),
       "scenario: a task each; model: one task for all scenarios of a model, which loads once")
      ("array-limit", number(), "so many tasks of an array run at a time; 0: all")
      ("no-report", "no last job that writes the report")
      ("dry-run", "show the jobs and write nothing");
  for (const std::string& name : cluster::resource_names()) {
    own.add_options()(name.c_str(), text()->value_name("X"), ("overrides cluster." + name + " for all jobs").c_str());
  }
  return own;
}

/// A word of the command line that must be one of a few.
std::string chosen(const StudyOptions& options, const std::string& name, const std::vector<std::string>& known) {
  const std::string word = options.get<std::string>(name);
  if (std::find(known.begin(), known.end(), word) != known.end()) return word;
  throw Error(ErrorCode::usage, "--" + name + " does not know '" + word + "'" + suggestion(word, known));
}

cluster::Settings read_settings(const StudyOptions& options, const Study& study, std::vector<Diagnostic>& diagnostics) {
  std::vector<std::string> models;
  for (const StudyEntry& model : study.models) models.push_back(model.name);
  cluster::Settings settings = cluster::Settings::read(study.cluster, models, diagnostics);
  for (const std::string& name : cluster::resource_names()) {
    if (!options.has(name)) continue;
    const std::string value = options.get<std::string>(name);
    if (value.empty() || value.find('\n') != std::string::npos) {
      throw Error(ErrorCode::usage, "--" + name + " needs one line of text");
    }
    settings.override_resource(name, value);
  }
  if (options.has("array-limit")) settings.array_limit = std::int64_t(options.get<std::size_t>("array-limit"));
  return settings;
}

Cutting read_cutting(const StudyOptions& options, const cluster::Settings& settings) {
  Cutting cutting{std::size_t(settings.shards), std::size_t(settings.samples_per_shard)};
  if (options.has("shards")) cutting = {options.get<std::size_t>("shards"), 0};
  if (options.has("samples-per-shard")) cutting = {0, options.get<std::size_t>("samples-per-shard")};
  if (options.has("shards") && options.has("samples-per-shard")) {
    throw Error(ErrorCode::usage, "--shards and --samples-per-shard say the same in two ways: give one of them");
  }
  const bool none = (options.has("shards") && cutting.shards < 1) ||
                    (options.has("samples-per-shard") && cutting.samples_per_shard < 1);
  if (none || cutting.shards > cluster::kMaxArray) {
    throw Error(ErrorCode::usage, "--shards and --samples-per-shard need a number from 1 on, and at most " +
                                      std::to_string(cluster::kMaxArray) + " shards");
  }
  return cutting;
}

/// What earlier submissions have in work, and the shards that they completed.
struct EarlierTasks {
  std::set<std::string> busy, finished_shards;
};

EarlierTasks look_at_earlier(const std::vector<Submission>& submissions, const std::string& executor) {
  cluster::Queue queue;
  bool asked = false;
  if (cluster::has_job_ids(submissions)) {
    try {
      if (!cluster::is_on_path("squeue")) throw Error(ErrorCode::io, "there is no squeue on this machine");
      queue = cluster::read_queue();
      asked = true;
    } catch (const Error& error) {
      if (executor == "slurm") {
        throw Error(ErrorCode::io,
                    std::string("it is not known which tasks are in the queue already: ") + error.what());
      }
      log(LogLevel::warning, std::string("tasks that wait in a queue are not known here: ") + error.what());
    }
  }
  EarlierTasks earlier;
  for (const Submission& submission : submissions) {
    for (const cluster::Job& job : submission.jobs) {
      for (std::size_t i = 0; i < job.tasks.size(); ++i) {
        const cluster::Task& task = job.tasks[i];
        const TaskState state = cluster::task_state(submission, job, i, asked ? &queue : nullptr);
        const bool busy = state == TaskState::running || state == TaskState::waiting;
        if (busy) earlier.busy.insert(task.scenarios.begin(), task.scenarios.end());
        const auto note = cluster::read_note(submission, job, i);
        const bool finished = !task.shard.empty() && note && note->ended && note->status == 0;
        if (finished) earlier.finished_shards.insert(task.scenarios.front() + " " + task.shard);
      }
    }
  }
  return earlier;
}

/// The call of `medvlm` for a task: what this call was given that changes the study, and the task's part of it.
std::vector<std::string> words_of(const StudyOptions& options, const Study& study, const cluster::Job& job,
                                  const cluster::Task& task) {
  const std::string program = (registry::program_prefix() / "bin" / "medvlm").string();
  if (job.stage == "report") {
    return {program, "report", study.output.string(), "--out", (study.output / "report.html").string()};
  }
  std::vector<std::string> words{program, "run", study.file.string()};
  const std::vector<std::string> changes = options.changes_as_words();
  words.insert(words.end(), changes.begin(), changes.end());
  for (const std::string& name : task.scenarios) words.insert(words.end(), {"--only", name});
  if (job.stage == "train") words.push_back("--train-only");
  if (!task.shard.empty()) words.insert(words.end(), {"--shard", task.shard});
  if (task.scenarios.size() > 1) words.push_back("--continue-on-error");
  return words;
}

cluster::ScriptContext script_context(const Study& study, const cluster::Settings& settings) {
  cluster::ScriptContext context{
      study.name, std::filesystem::current_path(), {}, settings.setup, settings.options, settings.array_limit};
  const std::string plugins = registry::plugin_path_from_environment();
  if (!plugins.empty()) context.environment.emplace_back("MEDVLM_PLUGIN_PATH", plugins);
  return context;
}

Submission new_submission(const std::string& executor, const std::filesystem::path& output,
                          const std::vector<Submission>& earlier) {
  std::size_t number = earlier.empty() ? 1 : earlier.back().number + 1;
  while (std::filesystem::exists(output / "submission" / std::to_string(number))) ++number;
  return {number, executor, utc_now(), output / "submission" / std::to_string(number), {}};
}

/// Runs submit.sh. What it submitted before it failed is noted, and stays.
void submit_to_slurm(Submission& submission) {
  const auto log = submission.folder / "submit.log";
  const int status = cluster::run_logged({"bash", (submission.folder / "submit.sh").string()}, log, stop_requested);
  cluster::read_job_ids(submission);
  if (status == 0) return;
  throw Error(ErrorCode::io,
              "sbatch did not take every job:\n" + read_file(log) +
                  "what it took goes on; correct the cause and submit again: only what is missing is submitted");
}

std::string depends_text(const cluster::Job& job) {
  std::string text;
  for (const cluster::Dependency& each : job.depends) {
    text += (text.empty() ? "" : ", ") + each.type + " " + each.job +
            (each.task ? "-" + std::to_string(*each.task) : std::string());
  }
  return text.size() > 60 ? text.substr(0, 57) + "..." : text;
}

std::string jobs_table(const Submission& submission) {
  std::vector<std::vector<std::string>> lines{{"job", "id", "tasks", "first task", "waits for", "asks for"}};
  for (const cluster::Job& job : submission.jobs) {
    std::string resources;
    for (const auto& [option, value] : job.resources) {
      resources += (resources.empty() ? "" : " ") + option + "=" + value;
    }
    const cluster::Task& first = job.tasks.front();
    std::string name = first.scenarios.empty() ? "report" : first.scenarios.front();
    if (first.scenarios.size() > 1) name += " and " + std::to_string(first.scenarios.size() - 1) + " more";
    if (!first.shard.empty()) name += " " + first.shard;
    lines.push_back({job.name, job.id.empty() ? "-" : job.id, std::to_string(job.tasks.size()), name, depends_text(job),
                     resources});
  }
  return aligned(lines);
}

json outcome_json(const Submission& submission, const PendingWork& work, const StudyOptions& options) {
  json jobs = json::array();
  for (const cluster::Job& job : submission.jobs) {
    json tasks = json::array();
    for (const cluster::Task& task : job.tasks) {
      tasks.push_back({{"scenarios", task.scenarios}, {"shard", task.shard}, {"words", task.words}});
    }
    json depends = json::array();
    for (const cluster::Dependency& each : job.depends) {
      depends.push_back({{"type", each.type}, {"job", each.job}, {"task", each.task ? json(*each.task) : json()}});
    }
    json resources = json::object();
    for (const auto& [option, value] : job.resources) resources[option] = value;
    jobs.push_back({{"name", job.name},
                    {"stage", job.stage},
                    {"id", job.id},
                    {"resources", resources},
                    {"depends", depends},
                    {"tasks", tasks}});
  }
  return {{"executor", submission.executor},
          {"dry_run", options.has("dry-run")},
          {"folder", submission.folder.string()},
          {"jobs", jobs},
          {"done", work.done},
          {"busy", work.busy}};
}

std::string left_out(const PendingWork& work) {
  return std::to_string(work.pending.size()) + " scenarios to compute; left out: " + std::to_string(work.done.size()) +
         " done, " + std::to_string(work.busy.size()) + " queued or running\n";
}

int run_locally(const Submission& submission, bool quiet) {
  std::size_t count = 0, through = 0;
  for (const cluster::Job& job : submission.jobs) count += job.tasks.size();
  return cluster::run_here(
      submission,
      [&](const cluster::LocalTask& task) {
        ++through;
        if (quiet && task.status == 0 && !task.skipped) return;
        const std::string ending = task.skipped ? "left out: what it waits for did not end well"
                                   : task.status == 0
                                       ? "done"
                                       : "ended with status " + std::to_string(task.status) + "; see " +
                                             (submission.folder / "logs" / (task.name + ".log")).string();
        std::cerr << "[" << through << "/" << count << "] " << task.name << ": " << ending << "\n";
      },
      stop_requested);
}

/// Writes everything down, then starts it. Returns the exit status.
int start(Submission& submission, std::vector<Submission> all, const Study& study, const cluster::Settings& settings,
          bool quiet) {
  cluster::write_scripts(submission, script_context(study, settings));
  all.push_back(submission);
  cluster::write_submissions(study.output, all);
  if (submission.executor == "local") return run_locally(submission, quiet);
  if (submission.executor == "slurm") {
    submit_to_slurm(submission);
    all.back() = submission;
    cluster::write_submissions(study.output, all);
  }
  return 0;
}

void print(const Submission& submission, const PendingWork& work, const StudyOptions& options, const Study& study) {
  if (options.has("json")) {
    std::cout << outcome_json(submission, work, options).dump(2, ' ', false, json::error_handler_t::replace) << "\n";
    return;
  }
  if (!submission.jobs.empty()) std::cout << jobs_table(submission) << "\n";
  std::cout << left_out(work);
  if (submission.jobs.empty() || options.has("dry-run")) return;
  if (submission.executor == "script") {
    std::cout << "submit with: bash " << cluster::shell_quoted((submission.folder / "submit.sh").string()) << "\n";
  }
  std::cout << "scripts and logs: " << submission.folder.string() << "\nfollow with: medvlm status "
            << cluster::shell_quoted(study.output.string()) << "\n";
}

}  // namespace

int submit_main(int argc, char** argv) {
  StudyOptions options;
  if (!options.parse(argc, argv, "submit",
                     "Cuts what is missing of a study into tasks and gives them to Slurm. Call it again to submit what "
                     "is still missing:\n"
                     "what is done, queued or running is left out. Scripts, logs: <output>/submission/<number>/.",
                     submit_options())) {
    return 0;
  }
  start_logging(options.has("quiet"));
  install_stop_signals();
  const std::string executor = chosen(options, "executor", {"slurm", "local", "script"});
  const bool by_model = chosen(options, "group", {"scenario", "model"}) == "model";
  std::vector<Diagnostic> diagnostics;
  Study read = options.read(diagnostics);
  const cluster::Settings settings = read_settings(options, read, diagnostics);
  const Cutting cutting = read_cutting(options, settings);
  if (by_model && (cutting.shards > 1 || cutting.samples_per_shard > 0)) {
    throw Error(ErrorCode::usage, "--group model makes one task of all scenarios of a model: not together with shards");
  }
  const bool dry = options.has("dry-run");
  if (executor == "slurm" && !dry && !cluster::is_on_path("sbatch")) {
    throw Error(
        ErrorCode::io,
        "there is no sbatch on PATH: Slurm's clients are not installed here, or not on this machine; go to a login "
        "node, or use --executor script (writes the scripts) or --executor local (runs the tasks here)");
  }
  // The machine that submits may lack the device; tasks choose it where they run.
  read.run.device = "cpu";
  read.run.dtype = "auto";
  Workbench bench(std::move(read), options.plugin_folders(), std::move(diagnostics));
  const Study& study = bench.study();
  StudyRunner runner(bench);
  const std::vector<PlannedScenario> planned = runner.plan();
  const ScenarioPatterns only(options.has("only") ? options.get<std::vector<std::string>>("only")
                                                  : std::vector<std::string>{});
  const std::vector<PlannedScenario> scenarios = picked(planned, only);

  std::vector<Submission> submissions = cluster::read_submissions(study.output);
  const EarlierTasks earlier = look_at_earlier(submissions, executor);
  const PendingWork work = find_pending(runner, study, scenarios, earlier.busy, earlier.finished_shards, cutting);
  Submission submission = new_submission(executor, study.output, submissions);
  submission.jobs = cluster::plan_jobs(
      work.pending, {by_model, !options.has("no-report"), [&](const std::string& model, const std::string& stage) {
                       return settings.resources(model, stage);
                     }});
  for (cluster::Job& job : submission.jobs) {
    for (cluster::Task& task : job.tasks) task.words = words_of(options, study, job, task);
  }
  int status = 0;
  if (!dry && !submission.jobs.empty()) {
    write_study_file(study, runner, planned);
    status = start(submission, std::move(submissions), study, settings, options.has("quiet"));
  }
  print(submission, work, options, study);
  return status;
}

}  // namespace medvlm::launcher
