// Runs the tasks of a submission on this machine, one after the other.
#pragma once

#include <functional>
#include <string>

#include "cluster/submission.hpp"

namespace medvlm::launcher::cluster {

/// How a task went here.
struct LocalTask {
  std::string name;      ///< "shard-1-0"
  bool skipped = false;  ///< what it waits for failed, or the user asked to stop
  int status = 0;
};

/// Runs the scripts' tasks in the order of the jobs, with the dependencies that Slurm would keep. A task that fails does not
/// end the others. `told` hears of each task once it is through; `stop` is asked all the time. Returns the first exit status
/// that was not 0, else 0. Throws Error(io).
int run_here(const Submission& submission, const std::function<void(const LocalTask&)>& told, bool (*stop)());

}  // namespace medvlm::launcher::cluster
