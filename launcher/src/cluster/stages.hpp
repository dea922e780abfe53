// Cuts what is to do into jobs: who waits for whom, and which tasks share an array.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "cluster/submission.hpp"

namespace medvlm::launcher::cluster {

/// A scenario that is not finished.
struct PendingScenario {
  std::string name;  ///< "model/dataset/adapter"
  std::string model;
  bool trains = false;  ///< a training is still to do
  std::string
      embeddings;  ///< equal for scenarios that read the same images through the same model's cache; empty: none
  std::size_t shards = 1;                  ///< into how many parts its test set is cut
  std::set<std::size_t> done_shards = {};  ///< counted from 0
};

/// How tasks are made.
struct StageOptions {
  bool group_by_model = false;  ///< one task for all scenarios of a model, which then loads once
  bool report = true;           ///< a last job writes the report
  std::function<Resources(const std::string& model, const std::string& stage)> resources;
};

/// So many tasks an array may have: Slurm's usual limit (MaxArraySize 1001) counts indices from 0.
inline constexpr std::size_t kMaxArray = 1000;

/// Jobs without words yet. A scenario is one task `run`; one that is cut is a task `train` (if it trains), then an array `shard`
/// (afterok), then a task `merge` (afterok). Of scenarios that share embeddings, one goes first (the one that trains and so
/// encodes all splits, else the first) and the others follow (afterany): no image is encoded twice at a time. The report
/// comes after everything, however it ended.
std::vector<Job> plan_jobs(const std::vector<PendingScenario>& pending, const StageOptions& options);

}  // namespace medvlm::launcher::cluster
