#include "shards.hpp"

#include <algorithm>

#include "medvlm/base/files.hpp"
#include "medvlm/core/scenario.hpp"
#include "training.hpp"

namespace medvlm {
namespace {

/// The shard's part of the batches: neighbours stay together, because they may share an image.
std::vector<Batch> batches_of(std::vector<Batch> batches, const Shard& shard) {
  const std::size_t begin = batches.size() * shard.index / shard.count;
  const std::size_t end = batches.size() * (shard.index + 1) / shard.count;
  return {std::make_move_iterator(batches.begin() + static_cast<std::ptrdiff_t>(begin)),
          std::make_move_iterator(batches.begin() + static_cast<std::ptrdiff_t>(end))};
}

std::vector<Batch> all_batches(const Scenario& scenario, std::span<const Sample> samples) {
  const AdapterInput input = scenario.adapter->traits(scenario.dataset->info()).input;
  return batches_to_do(samples, input, scenario.batch_size, {});
}

void leave_out_done(std::vector<Batch>& batches, const Journal& journal) {
  std::erase_if(batches, [&](const Batch& batch) {
    return std::all_of(batch.positions.begin(), batch.positions.end(),
                       [&](std::size_t position) { return journal.records().contains(position); });
  });
}

void require_trained(const Scenario& scenario) {
  if (is_trained(scenario)) return;
  throw Error(ErrorCode::conflict, "the adapter in '" + scenario.folder.string() +
                                       "' is still to train; train it once for all shards: --train-only instead of --shard");
}

ShardResult result_of(const std::vector<Batch>& batches, const Journal& journal) {
  ShardResult result;
  for (const Batch& batch : batches) result.samples += batch.positions.size();
  result.predicted = journal.records().size();
  for (const auto& [index, record] : journal.records()) result.errored += record.prediction.error ? 1 : 0;
  return result;
}

}  // namespace

std::filesystem::path shard_folder(const std::filesystem::path& scenario, const Shard& shard) {
  return scenario / "shards" / (std::to_string(shard.index + 1) + "-of-" + std::to_string(shard.count));
}

ShardResult predict_shard(Scenario& scenario, Shard shard, Progress& progress) {
  const auto folder = shard_folder(scenario.folder, shard);
  make_folder(folder);
  const FolderLock lock(folder);
  require_trained(scenario);
  const TestSplit test = scenario.open_test();
  Journal journal(folder, test.identity, scenario.mode);
  check_records(folder, test.samples, journal);
  const std::vector<Batch> mine = batches_of(all_batches(scenario, test.samples), shard);
  std::vector<Batch> missing = mine;
  leave_out_done(missing, journal);
  const std::string part = std::to_string(shard.index + 1) + "/" + std::to_string(shard.count);
  bool prepared = false;
  run_batches(scenario, {scenario.name + " (shard " + part + ")", test.samples, journal}, missing, progress, prepared);
  return result_of(mine, journal);
}

void take_over_shards(const Scenario& scenario, const SplitRun& split, const std::string& identity) {
  const auto parent = scenario.folder / "shards";
  if (!std::filesystem::is_directory(parent)) return;
  std::map<std::size_t, JournalRecord> found;
  for (const auto& entry : std::filesystem::directory_iterator(parent)) {
    if (!entry.is_directory()) continue;
    const FolderLock lock(entry.path());
    const Journal journal(entry.path(), identity, scenario.mode);
    check_records(entry.path(), split.samples, journal);
    found.insert(journal.records().begin(), journal.records().end());
  }
  std::vector<JournalRecord> records;
  for (const Batch& batch : all_batches(scenario, split.samples)) {
    for (const std::size_t position : batch.positions) {
      const auto record = found.find(position);
      if (record != found.end() && !split.journal.records().contains(position)) records.push_back(record->second);
    }
  }
  if (!records.empty()) split.journal.append(records);
  std::filesystem::remove_all(parent);
}

}  // namespace medvlm
