#include "cluster/script.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"

namespace medvlm::launcher::cluster {
namespace {

/// sbatch replaces %a, %j and others in the names of logs; a folder's own % is doubled.
std::string without_patterns(const std::string& path) {
  std::string text;
  for (const char c : path) text += c == '%' ? "%%" : std::string(1, c);
  return text;
}

std::string directive(const std::string& option, const std::string& value) {
  return "#SBATCH --" + option + (value.empty() ? "" : "=" + shell_quoted(value)) + "\n";
}

std::string header(const Submission& submission, const Job& job, const ScriptContext& context) {
  std::string array = "0-" + std::to_string(job.tasks.size() - 1);
  if (context.array_limit > 0) array += "%" + std::to_string(context.array_limit);
  const std::string log = without_patterns((submission.folder / "logs" / job.name).string()) + "-%a.log";
  std::string text = "#!/usr/bin/env bash\n" + directive("job-name", context.study + "/" + job.name) +
                     directive("output", log) + directive("open-mode", "append") + directive("array", array) +
                     directive("signal", "B:TERM@60");
  for (const auto& [option, value] : job.resources) text += directive(option, value);
  for (const std::string& option : context.options) text += "#SBATCH " + option + "\n";
  return text;
}

std::string environment(const ScriptContext& context) {
  std::string text = "cd -- " + shell_quoted(context.directory.string()) + " || exit 7\n";
  for (const auto& [name, value] : context.environment) text += "export " + name + "=" + shell_quoted(value) + "\n";
  text += "[ -z \"${SLURM_CPUS_PER_TASK:-}\" ] || export OMP_NUM_THREADS=\"$SLURM_CPUS_PER_TASK\"\n";
  for (const std::string& line : context.setup) text += line + "\n";
  return text;
}

std::string comment_of(const Task& task) {
  std::string text;
  for (const std::string& name : task.scenarios) text += (text.empty() ? "" : ", ") + name;
  if (!task.shard.empty()) text += " (shard " + task.shard + ")";
  return text.empty() ? "report" : text;
}

std::string task_cases(const Job& job) {
  std::string text = "task=${1:-${SLURM_ARRAY_TASK_ID:-0}}\ncase \"$task\" in\n";
  for (std::size_t i = 0; i < job.tasks.size(); ++i) {
    text += "  " + std::to_string(i) + ")  # " + comment_of(job.tasks[i]) + "\n    set --";
    for (const std::string& word : job.tasks[i].words) text += " " + shell_quoted(word);
    text += " ;;\n";
  }
  return text + "  *) echo \"this job has no task '$task'\" >&2; exit 2 ;;\nesac\n";
}

// The call runs in the background, so that bash can pass a signal on at once; then it is waited for again.
constexpr const char* kRun = R"sh(note() {
  printf '%s %s %s %s %s\n' "$1" "$2" "$(date +%s)" "$(uname -n)" "${SLURM_JOB_ID:-pid$$}" > "$state.new"
  mv -f -- "$state.new" "$state"
}
note running -
"$@" &
call=$!
trap 'kill -TERM "$call" 2>/dev/null' TERM INT
status=0
wait "$call" || status=$?
while kill -0 "$call" 2>/dev/null; do status=0; wait "$call" || status=$?; done
note ended "$status"
)sh";

std::string variable(const std::string& job) {
  std::string name = "job_" + job;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// ` --dependency=afterok:"$job_train_1"_0,afterany:...`: all of them.
std::string dependency_words(const Job& job) {
  if (job.depends.empty()) return "";
  std::string text;
  std::string type;
  for (const Dependency& each : job.depends) {
    if (each.type != type) text += (text.empty() ? "" : ",") + each.type;
    type = each.type;
    text += ":\"$" + variable(each.job) + "\"" + (each.task ? "_" + std::to_string(*each.task) : std::string());
  }
  return " --dependency=" + text + " --kill-on-invalid-dep=yes";
}

void write_script(const std::filesystem::path& file, const std::string& text) {
  write_file_atomically(file, text);
  std::error_code ignored;  // it is started through bash, too
  std::filesystem::permissions(file, std::filesystem::perms::owner_exec, std::filesystem::perm_options::add, ignored);
}

}  // namespace

std::string shell_quoted(const std::string& word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) || std::string_view("-_./:=,+@").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

std::string batch_script(const Submission& submission, const Job& job, const ScriptContext& context) {
  std::string text = header(submission, job, context) + "# " + std::to_string(job.tasks.size()) + " tasks '" +
                     job.stage + "' of the study '" + context.study + "', written by medvlm submit. Here: bash " +
                     job.name + ".sh N\n" + "set -u\n" + environment(context) + task_cases(job) +
                     "state=" + shell_quoted((submission.folder / "states" / job.name).string()) + "-$task\n" + kRun;
  // Samples without a prediction are for the scenario to count, once it is whole: they do not keep it from being joined.
  if (job.stage == "shard") text += "[ \"$status\" = " + std::to_string(kExitSamplesFailed) + " ] && status=0\n";
  return text + "exit \"$status\"\n";
}

std::string submit_script(const Submission& submission, const ScriptContext& context) {
  std::string text = "#!/usr/bin/env bash\n# Hands the jobs of the study '" + context.study +
                     "' to Slurm, each after those it waits for.\n" +
                     "set -euo pipefail\nfolder=" + shell_quoted(submission.folder.string()) + R"sh(
if [ -e "$folder/jobs.tsv" ]; then
  echo "these jobs were submitted before (jobs.tsv); 'medvlm submit' submits what is missing" >&2
  exit 8
fi
submit() {
  local name=$1 id
  shift
  id=$(sbatch --parsable "$@" "$folder/$name.sh") || exit
  id=${id%%;*}
  printf '%s\t%s\n' "$name" "$id" >> "$folder/jobs.tsv"
  printf '%s' "$id"
}
)sh";
  for (const Job& job : submission.jobs) {
    text += variable(job.name) + "=$(submit " + job.name + dependency_words(job) + ")\n";
  }
  return text + "echo \"submitted " + std::to_string(submission.jobs.size()) + " jobs\"\n";
}

void write_scripts(const Submission& submission, const ScriptContext& context) {
  make_folder(submission.folder / "logs");
  make_folder(submission.folder / "states");
  for (const Job& job : submission.jobs) {
    write_script(submission.folder / (job.name + ".sh"), batch_script(submission, job, context));
  }
  write_script(submission.folder / "submit.sh", submit_script(submission, context));
}

}  // namespace medvlm::launcher::cluster
