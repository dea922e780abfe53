// The shell scripts of a submission: one batch script a job, and submit.sh, which hands them to Slurm.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cluster/submission.hpp"

namespace medvlm::launcher::cluster {

/// What all scripts of a submission share.
struct ScriptContext {
  std::string study;                                             ///< its name
  std::filesystem::path directory;                               ///< in which tasks run
  std::vector<std::pair<std::string, std::string>> environment;  ///< variables that tasks need
  std::vector<std::string> setup;                                ///< lines of shell before the work
  std::vector<std::string> options;                              ///< more options for sbatch, as written
  std::int64_t array_limit = 0;                                  ///< tasks of an array that run at a time; 0: all
};

/// The word as the shell reads it back, whatever is in it.
std::string shell_quoted(const std::string& word);

/// A job array for sbatch; `bash <script> N` runs task N here. Each task writes its log, and to `<folder>/states` when it
/// begins and how it ended. A warning a minute before the time limit makes it stop after its batch.
std::string batch_script(const Submission& submission, const Job& job, const ScriptContext& context);

/// Submits all jobs in their order with their dependencies and notes their numbers in `<folder>/jobs.tsv`.
std::string submit_script(const Submission& submission, const ScriptContext& context);

/// Writes the scripts and the folders for logs and states. Throws Error(io).
void write_scripts(const Submission& submission, const ScriptContext& context);

}  // namespace medvlm::launcher::cluster
