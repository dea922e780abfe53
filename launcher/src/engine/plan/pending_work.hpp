// What of a study is still to compute, for a cluster: nothing is asked of the device that tasks will run on.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "cluster/stages.hpp"
#include "study_runner.hpp"

namespace medvlm::launcher {

/// Into how many parts test sets are cut.
struct Cutting {
  std::size_t shards = 0;             ///< 0: not given
  std::size_t samples_per_shard = 0;  ///< 0: not given
};

struct PendingWork {
  std::vector<cluster::PendingScenario> pending;
  std::vector<std::string> done, busy;  ///< names; busy: queued or running by an earlier submission
};

/// Sorts the scenarios. `busy` are names of scenarios that have tasks in the queue; `finished_shards` holds
/// "model/dataset/adapter 2/4" of shards that tasks have completed. A folder that holds other settings than the study's (the
/// device apart) throws Error(conflict) with every difference, for all such folders at once.
PendingWork find_pending(StudyRunner& runner, const Study& study, const std::vector<PlannedScenario>& scenarios,
                         const std::set<std::string>& busy, const std::set<std::string>& finished_shards,
                         const Cutting& cutting);

}  // namespace medvlm::launcher
