#include "cluster/overview.hpp"

#include <algorithm>
#include <map>

#include "cluster/process.hpp"
#include "cluster/scenario_files.hpp"
#include "cluster/study_record.hpp"
#include "cluster/submission.hpp"
#include "cluster/task_states.hpp"
#include "medvlm/base/error.hpp"

namespace medvlm::launcher::cluster {
namespace {

/// What the tasks of a scenario are doing, over all submissions; the latest task tells how it ended.
struct Activity {
  bool running = false, queued = false;
  bool lost = false;
  int failed_status = 0;  ///< of the latest submission's tasks: the first that was not 0
  std::size_t submission = 0;
  std::filesystem::path log;
};

using Activities = std::map<std::string, Activity>;

void add_task(const Submission& submission, const Job& job, std::size_t index, const Queue* queue, Activity& activity) {
  const TaskState state = task_state(submission, job, index, queue);
  if (state == TaskState::running) activity.running = true;
  if (state == TaskState::waiting) activity.queued = true;
  if (submission.number != activity.submission) {  // older ones have been followed by this one
    activity.submission = submission.number;
    activity.lost = false;
    activity.failed_status = 0;
    activity.log.clear();
  }
  const auto note = read_note(submission, job, index);
  const bool failed = state == TaskState::ended && note && note->status != 0;
  const bool lost = state == TaskState::lost && note && !note->ended;
  if (failed && activity.failed_status == 0) activity.failed_status = note->status;
  if (lost) activity.lost = true;
  if (failed || lost || (note && activity.failed_status == 0)) activity.log = log_file(submission, job, index);
}

Activities activities_of(const std::vector<Submission>& submissions, const Queue* queue) {
  Activities activities;
  for (const Submission& submission : submissions) {
    for (const Job& job : submission.jobs) {
      for (std::size_t i = 0; i < job.tasks.size(); ++i) {
        for (const std::string& name : job.tasks[i].scenarios) add_task(submission, job, i, queue, activities[name]);
      }
    }
  }
  return activities;
}

void judge(const ScenarioFiles& files, const Activity& activity, bool trains, ScenarioStatus& status) {
  const bool complete =
      files.has_result && (files.published || (status.samples && status.predictions >= *status.samples));
  if (complete) {
    status.state = State::done;
    return;
  }
  if (activity.running || activity.queued) {
    status.state = activity.running ? State::running : State::queued;
    return;
  }
  if (!files.error.empty()) {
    status.state = State::failed;
    status.note = files.error;
  } else if (activity.lost) {
    status.state = State::failed;
    status.note = "its job ended without a word (time limit, memory, or cancelled)";
  } else if (activity.failed_status != 0) {
    status.state = State::failed;
    status.note = "its job ended with status " + std::to_string(activity.failed_status);
  } else if (status.predictions > 0 || files.training_begun) {
    status.state = State::partial;
  }
  if (trains && files.trained && status.predictions == 0 && status.note.empty()) status.note = "trained";
}

}  // namespace

Overview look_over(const std::filesystem::path& output) {
  const StudyRecord record = read_study_record(output);
  Overview overview{record.name, output, {}, ""};
  const std::vector<Submission> submissions = read_submissions(output);
  Queue queue;
  bool asked = false;
  if (has_job_ids(submissions)) {
    try {
      if (!is_on_path("squeue")) throw Error(ErrorCode::io, "there is no squeue on this machine");
      queue = read_queue();
      asked = true;
    } catch (const Error& error) {
      overview.queue_note = error.what();
    }
  }
  const Activities activities = activities_of(submissions, asked ? &queue : nullptr);
  for (const RecordedScenario& scenario : record.scenarios) {
    const ScenarioFiles files = look_at(scenario.folder);
    ScenarioStatus status;
    status.name = scenario.name;
    status.samples = files.samples ? files.samples : scenario.samples;
    status.predictions = status.samples ? std::min(files.predictions, *status.samples) : files.predictions;
    status.errored = files.errored.value_or(0);
    const auto found = activities.find(scenario.name);
    const Activity activity = found == activities.end() ? Activity{} : found->second;
    status.log = activity.log;
    judge(files, activity, scenario.trains, status);
    overview.scenarios.push_back(std::move(status));
  }
  return overview;
}

}  // namespace medvlm::launcher::cluster
