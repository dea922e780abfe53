// How far submitted tasks are: by the notes they leave, and by the queue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cluster/submission.hpp"

namespace medvlm::launcher::cluster {

/// What a task noted of itself in `<folder>/states/<job>-<task>`.
struct TaskNote {
  bool ended = false;
  int status = 0;         ///< exit status, if it ended
  std::int64_t when = 0;  ///< seconds since 1970
  std::string host;
  std::string process;  ///< Slurm's job number, or "pid123" of a process without one
};

/// Nothing if the task has not begun.
std::optional<TaskNote> read_note(const Submission& submission, const Job& job, std::size_t task);

/// What the queue says of a task that is in it.
struct Queued {
  bool running = false;  ///< false: waits
  std::string reason;    ///< why it waits: "Dependency", "Resources"
};

/// The tasks of this user in Slurm's queue, by job number and place in the array.
using Queue = std::map<std::pair<std::string, std::size_t>, Queued>;

/// Asks squeue. Throws Error(io) if it cannot be asked.
Queue read_queue();

/// True if any of the submissions has job numbers, so that asking the queue tells something.
bool has_job_ids(const std::vector<Submission>& submissions);

enum class TaskState { waiting, running, ended, lost, unknown };

/// What is known of a task. `queue` is null where it cannot be asked. lost: it has not ended and is neither in the queue nor
/// a process of this machine; unknown: no trace of it.
TaskState task_state(const Submission& submission, const Job& job, std::size_t task, const Queue* queue);

}  // namespace medvlm::launcher::cluster
