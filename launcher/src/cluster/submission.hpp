// What was submitted: jobs with their tasks and dependencies, as kept in `<output>/submission.json`.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace medvlm::launcher::cluster {

/// What a job asks of the cluster: sbatch's long options and their values, in order ("partition", "gpu"; an empty value: the
/// option alone).
using Resources = std::vector<std::pair<std::string, std::string>>;

/// One call of `medvlm`: an element of a job array.
struct Task {
  std::vector<std::string> scenarios;  ///< names; one, unless tasks are grouped by model; empty for the report
  std::string shard;                   ///< "2/4", or empty
  std::vector<std::string> words;      ///< the call
};

/// A job waits for another: for one of its tasks, or for all.
struct Dependency {
  std::string type;  ///< "afterok": only if it succeeded; "afterany": once it ended
  std::string job;
  std::optional<std::size_t> task;
};

/// One job array.
struct Job {
  std::string name;   ///< "shard-3": unique in the submission, and the script's name
  std::string stage;  ///< "train", "run", "shard", "merge" or "report"
  Resources resources;
  std::vector<Dependency> depends;
  std::vector<Task> tasks;
  std::string id = {};  ///< the cluster's number, once it is submitted
};

/// The jobs of one `medvlm submit`, in an order in which each comes after those it waits for.
struct Submission {
  std::size_t number = 0;
  std::string executor;          ///< "slurm", "local" or "script"
  std::string written;           ///< UTC
  std::filesystem::path folder;  ///< `<output>/submission/<number>`: scripts, logs, states
  std::vector<Job> jobs;
};

/// `<folder>/logs/<job>-<task>.log`
std::filesystem::path log_file(const Submission& submission, const Job& job, std::size_t task);

/// All submissions of a study, oldest first, with the job numbers that are known. Empty if there was none. Throws Error(data)
/// for a damaged file.
std::vector<Submission> read_submissions(const std::filesystem::path& output);

/// Replaces `<output>/submission.json`. Throws Error(io).
void write_submissions(const std::filesystem::path& output, const std::vector<Submission>& submissions);

/// Reads the numbers that `submit.sh` noted in `jobs.tsv` into the jobs.
void read_job_ids(Submission& submission);

}  // namespace medvlm::launcher::cluster
