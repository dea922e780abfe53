#include "cluster/local.hpp"

#include <cstdlib>
#include <map>
#include <vector>

#include "cluster/process.hpp"
#include "medvlm/base/error.hpp"

namespace medvlm::launcher::cluster {
namespace {

/// Whether every task of each job succeeded.
using Successes = std::map<std::string, std::vector<bool>>;

bool may_run(const Job& job, const Successes& successes) {
  for (const Dependency& each : job.depends) {
    if (each.type != "afterok") continue;
    const std::vector<bool>& tasks = successes.at(each.job);
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      if ((!each.task || *each.task == i) && !tasks[i]) return false;
    }
  }
  return true;
}

}  // namespace

int run_here(const Submission& submission, const std::function<void(const LocalTask&)>& told, bool (*stop)()) {
  // What is started here is no task of a job that we may be running in.
  for (const char* name : {"SLURM_JOB_ID", "SLURM_ARRAY_TASK_ID"}) ::unsetenv(name);
  int first_failure = 0;
  Successes successes;
  for (const Job& job : submission.jobs) {
    std::vector<bool>& mine = successes[job.name];
    const bool runs = may_run(job, successes);
    for (std::size_t i = 0; i < job.tasks.size(); ++i) {
      LocalTask task{job.name + "-" + std::to_string(i), !runs || stop(), 0};
      if (!task.skipped) {
        const std::string script = (submission.folder / (job.name + ".sh")).string();
        task.status = run_logged({"bash", script, std::to_string(i)}, log_file(submission, job, i), stop);
      }
      mine.push_back(!task.skipped && task.status == 0);
      if (task.status != 0 && first_failure == 0) first_failure = task.status;
      told(task);
    }
  }
  return stop() ? exit_status(ErrorCode::interrupted) : first_failure;
}

}  // namespace medvlm::launcher::cluster
