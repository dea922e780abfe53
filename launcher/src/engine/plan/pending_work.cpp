#include "pending_work.hpp"

#include <algorithm>

#include "medvlm/core/journal.hpp"

namespace medvlm::launcher {
namespace {

/// The tasks run elsewhere, on another device perhaps: that is for them to compare.
void drop_device(std::vector<std::string>& differences) {
  std::erase_if(differences, [](const std::string& each) {
    return each.starts_with("run.device:") || each.starts_with("run.dtype:");
  });
}

void add_conflicts(const PlannedScenario& planned, std::vector<std::string> differences, std::string& conflicts) {
  drop_device(differences);
  for (const std::string& difference : differences) conflicts += "\n  " + planned.name + ": " + difference;
}

bool reads_embeddings(const Study& study, const PlannedScenario& planned) {
  const AdapterTraits traits = planned.parts.adapter.object->traits(planned.dataset->object->info());
  return study.run.cache && traits.input == AdapterInput::embeddings && planned.model->object->encoder();
}

std::size_t shard_count(std::size_t samples, std::size_t batch_size, const Cutting& cutting) {
  std::size_t count = std::max<std::size_t>(1, cutting.shards);
  if (cutting.samples_per_shard > 0) count = (samples + cutting.samples_per_shard - 1) / cutting.samples_per_shard;
  // A batch is not cut.
  return std::clamp<std::size_t>(count, 1, std::max<std::size_t>(1, (samples + batch_size - 1) / batch_size));
}

/// The shards that are done and not joined yet.
std::set<std::size_t> done_shards(const PlannedScenario& planned, std::size_t count,
                                  const std::set<std::string>& finished) {
  std::set<std::size_t> done;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i + 1), all = std::to_string(count);
    const bool there = std::filesystem::exists(planned.folder / "shards" / (number + "-of-" + all) / "journal.jsonl");
    if (there && finished.contains(planned.name + " " + number + "/" + all)) done.insert(i);
  }
  return done;
}

}  // namespace

PendingWork find_pending(StudyRunner& runner, const Study& study, const std::vector<PlannedScenario>& scenarios,
                         const std::set<std::string>& busy, const std::set<std::string>& finished_shards,
                         const Cutting& cutting) {
  PendingWork work;
  std::string conflicts;
  for (const PlannedScenario& planned : scenarios) {
    if (busy.contains(planned.name)) {
      work.busy.push_back(planned.name);
      continue;
    }
    const TestSet& test = runner.test_set(*planned.dataset);
    const JournalState journal = inspect_journal(planned.folder, scenario_identity(study, planned.parts, test.sha256));
    add_conflicts(planned, journal.differences, conflicts);
    const bool predicted = journal.records >= test.samples.size();
    if (predicted && std::filesystem::exists(planned.folder / "result.json")) {
      work.done.push_back(planned.name);
      continue;
    }
    cluster::PendingScenario pending;
    pending.name = planned.name;
    pending.model = planned.model->entry.name;
    if (planned.trains) {
      const TrainingState training = inspect_training(planned.folder, training_identity(planned.parts));
      add_conflicts(planned, training.differences, conflicts);
      pending.trains = training.stage != TrainingState::Stage::finished;
    }
    if (reads_embeddings(study, planned)) {
      pending.embeddings = planned.model->entry.name + "/" + planned.dataset->entry.name;
    }
    if (!predicted) pending.shards = shard_count(test.samples.size(), planned.parts.batch_size, cutting);
    pending.done_shards = done_shards(planned, pending.shards, finished_shards);
    work.pending.push_back(std::move(pending));
  }
  if (!conflicts.empty()) {
    throw Error(ErrorCode::conflict,
                "folders hold results of other settings:" + conflicts +
                    "\nrestore these settings, run with --fresh or --rescore, or choose another study.output");
  }
  return work;
}

}  // namespace medvlm::launcher
