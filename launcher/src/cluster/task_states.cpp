#include "cluster/task_states.hpp"

#include <signal.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <sstream>
#include <vector>

#include "cluster/process.hpp"
#include "medvlm/base/error.hpp"

namespace medvlm::launcher::cluster {
namespace {

/// "123|4|RUNNING|None"
std::vector<std::string> fields(const std::string& line) {
  std::vector<std::string> list;
  std::istringstream stream(line);
  for (std::string field; std::getline(stream, field, '|');) list.push_back(field);
  return list;
}

/// True if the note is of a process of this machine that is no longer there.
bool is_gone(const TaskNote& note) {
  struct utsname machine{};
  ::uname(&machine);
  if (note.host != machine.nodename || !note.process.starts_with("pid")) return false;
  pid_t process = 0;
  std::from_chars(note.process.data() + 3, note.process.data() + note.process.size(), process);
  return process > 0 && ::kill(process, 0) != 0 && errno == ESRCH;
}

}  // namespace

std::optional<TaskNote> read_note(const Submission& submission, const Job& job, std::size_t task) {
  std::ifstream stream(submission.folder / "states" / (job.name + "-" + std::to_string(task)));
  std::string word, status;
  TaskNote note;
  if (!(stream >> word >> status >> note.when >> note.host >> note.process)) return std::nullopt;
  note.ended = word == "ended";
  if (note.ended) std::from_chars(status.data(), status.data() + status.size(), note.status);
  return note;
}

Queue read_queue() {
  const Reply reply =
      ask({"squeue", "--noheader", "--array", "--user", std::to_string(::getuid()), "--format", "%F|%K|%T|%r"});
  if (reply.status != 0) {
    throw Error(ErrorCode::io, "squeue does not say what is in the queue (status " + std::to_string(reply.status) +
                                   "): " + reply.text.substr(0, 500) + "; try again once the cluster answers");
  }
  Queue queue;
  std::istringstream lines(reply.text);
  for (std::string line; std::getline(lines, line);) {
    const auto parts = fields(line);
    if (parts.size() < 3) continue;
    std::size_t task = 0;
    std::from_chars(parts[1].data(), parts[1].data() + parts[1].size(), task);  // "N/A" is 0: no array
    const bool waits =
        parts[2] == "PENDING" || parts[2] == "REQUEUED" || parts[2] == "REQUEUE_HOLD" || parts[2] == "SUSPENDED";
    queue[{parts[0], task}] = {!waits, parts.size() > 3 && parts[3] != "None" ? parts[3] : ""};
  }
  return queue;
}

bool has_job_ids(const std::vector<Submission>& submissions) {
  for (const Submission& submission : submissions) {
    if (std::any_of(submission.jobs.begin(), submission.jobs.end(), [](const Job& job) { return !job.id.empty(); })) {
      return true;
    }
  }
  return false;
}

TaskState task_state(const Submission& submission, const Job& job, std::size_t task, const Queue* queue) {
  if (!job.id.empty() && queue) {
    const auto found = queue->find({job.id, task});
    if (found != queue->end()) return found->second.running ? TaskState::running : TaskState::waiting;
  }
  const auto note = read_note(submission, job, task);
  if (note && note->ended) return TaskState::ended;
  if (!job.id.empty() && queue) return TaskState::lost;
  if (note) return is_gone(*note) ? TaskState::lost : TaskState::running;
  return job.id.empty() ? TaskState::unknown : TaskState::waiting;
}

}  // namespace medvlm::launcher::cluster
