// `run --jobs N`: several processes of this program, each with scenarios of its own.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace medvlm::launcher {

/// A process to start: its arguments after the program's name, and what it is called in messages.
struct Job {
  std::string name;
  std::vector<std::string> words;
};

/// Starts each job as a process of this program, at most `at_once` at a time; standard output is dropped, errors come through.
/// A stop by the user is passed on. Returns the exit statuses in order (128 + signal for one that a signal ended; -1 for one
/// that was not started because of a stop). Throws Error(io) if a process cannot be started.
std::vector<int> run_jobs(const std::vector<Job>& jobs, std::size_t at_once);

/// Cuts the names into at least `at_once` groups where possible: by model, so that each is loaded once, else by model and
/// dataset, so that images are encoded once. Names are `model/dataset/adapter...`, in the study's order.
std::vector<std::vector<std::string>> job_groups(const std::vector<std::string>& names, std::size_t at_once);

}  // namespace medvlm::launcher
