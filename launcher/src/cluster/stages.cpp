#include "cluster/stages.hpp"

#include <algorithm>
#include <map>

namespace medvlm::launcher::cluster {
namespace {

/// A task's place.
struct Place {
  std::string job;
  std::size_t task = 0;
};

class Planner {
 public:
  explicit Planner(const StageOptions& options) : options_(options) {}

  void add_models(const std::vector<PendingScenario>& pending) {
    std::map<std::string, std::vector<std::string>> by_model;
    std::vector<std::string> order;
    for (const PendingScenario& each : pending) {
      if (!by_model.contains(each.model)) order.push_back(each.model);
      by_model[each.model].push_back(each.name);
    }
    for (const std::string& model : order) add("run", model, {}, {by_model[model], "", {}});
  }

  void add_scenarios(const std::vector<PendingScenario>& pending) {
    const auto leaders = leaders_of(pending);
    std::map<std::string, Place> ends;
    for (const PendingScenario& each : pending) {
      const auto leader = leaders.find(each.embeddings);
      if (leader == leaders.end() || leader->second == &each) ends[each.embeddings] = add_scenario(each, {});
    }
    for (const PendingScenario& each : pending) {
      const auto leader = leaders.find(each.embeddings);
      if (leader == leaders.end() || leader->second == &each) continue;
      const Place& end = ends.at(each.embeddings);
      add_scenario(each, {{"afterany", end.job, end.task}});
    }
  }

  std::vector<Job> finish() {
    if (options_.report && !jobs_.empty()) {
      std::vector<Dependency> all;
      for (const Job& job : jobs_) {
        if (job.stage != "train" && job.stage != "shard") all.push_back({"afterany", job.name, {}});
      }
      add("report", "", all, {});
    }
    return std::move(jobs_);
  }

 private:
  static std::map<std::string, const PendingScenario*> leaders_of(const std::vector<PendingScenario>& pending) {
    std::map<std::string, const PendingScenario*> leaders;
    for (const PendingScenario& each : pending) {
      if (each.embeddings.empty()) continue;
      const PendingScenario*& leader = leaders[each.embeddings];
      if (!leader || (each.trains && !leader->trains)) leader = &each;
    }
    return leaders;
  }

  /// The place of the scenario's last task.
  Place add_scenario(const PendingScenario& scenario, std::vector<Dependency> after) {
    const auto task = [&](std::string shard) { return Task{{scenario.name}, std::move(shard), {}}; };
    if (scenario.shards <= 1) return add("run", scenario.model, after, task(""));
    if (scenario.trains) {
      const Place trained = add("train", scenario.model, after, task(""));
      after = {{"afterok", trained.job, trained.task}};
    }
    Job shards = start_job("shard", scenario.model, after);
    for (std::size_t i = 0; i < scenario.shards; ++i) {
      if (scenario.done_shards.contains(i)) continue;
      shards.tasks.push_back(task(std::to_string(i + 1) + "/" + std::to_string(scenario.shards)));
    }
    if (!shards.tasks.empty()) {
      after = {{"afterok", shards.name, {}}};
      jobs_.push_back(std::move(shards));
    }
    return add("merge", scenario.model, after, task(""));
  }

  /// Adds the task to an array with the same resources and dependencies, if there is one with room.
  Place add(const std::string& stage, const std::string& model, const std::vector<Dependency>& after, Task task) {
    Job fresh = start_job(stage, model, after);
    const std::string key = key_of(fresh);
    const auto found = open_.find(key);
    Job* job = found == open_.end() ? nullptr : &jobs_[found->second];
    if (!job || job->tasks.size() >= kMaxArray) {
      open_[key] = jobs_.size();
      job = &jobs_.emplace_back(std::move(fresh));
    } else {
      --counts_[stage];  // the fresh one's number is free again
    }
    job->tasks.push_back(std::move(task));
    return {job->name, job->tasks.size() - 1};
  }

  Job start_job(const std::string& stage, const std::string& model, const std::vector<Dependency>& after) {
    return {stage + "-" + std::to_string(++counts_[stage]), stage, options_.resources(model, stage), after, {}};
  }

  static std::string key_of(const Job& job) {
    std::string key = job.stage;
    for (const auto& [option, value] : job.resources) key += '\n' + option + '=' + value;
    for (const Dependency& each : job.depends) {
      key += '\n' + each.type + ':' + each.job + (each.task ? '_' + std::to_string(*each.task) : std::string());
    }
    return key;
  }

  const StageOptions& options_;
  std::vector<Job> jobs_;
  std::map<std::string, std::size_t> open_;  // by what tasks of one array share
  std::map<std::string, std::size_t> counts_;
};

}  // namespace

std::vector<Job> plan_jobs(const std::vector<PendingScenario>& pending, const StageOptions& options) {
  Planner planner(options);
  if (options.group_by_model) {
    planner.add_models(pending);
  } else {
    planner.add_scenarios(pending);
  }
  return planner.finish();
}

}  // namespace medvlm::launcher::cluster
