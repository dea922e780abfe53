// One scenario = model x dataset x adapter x metrics, and its evaluation.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "medvlm/core/adapter.hpp"
#include "medvlm/core/bootstrap.hpp"
#include "medvlm/core/embedding_cache.hpp"
#include "medvlm/core/journal.hpp"
#include "medvlm/core/metric.hpp"
#include "medvlm/core/progress.hpp"
#include "medvlm/core/subgroups.hpp"

namespace medvlm {

/// A metric with the name that the study gives it.
struct NamedMetric {
  std::string name;
  const Metric* metric = nullptr;
};

/// The test split of a scenario and what is known once it is open.
struct TestSplit {
  std::vector<Sample> samples;  ///< in order
  std::string identity;         ///< JSON: what determines the predictions, and "scoring"
  std::string manifest;         ///< JSON: versions, hashes, resolved configuration; copied into result.json
  std::string sha256 = {};      ///< of the samples
};

/// What to evaluate and how. Everything pointed to must outlive the evaluation.
struct Scenario {
  std::string name;                ///< "clip-b32/ham10000/off_the_shelf", for messages
  std::filesystem::path folder;    ///< owned by this scenario alone
  Model* model = nullptr;          ///< loaded
  Dataset* dataset = nullptr;
  std::function<TestSplit()> open_test;  ///< called once training has ended
  Adapter* adapter = nullptr;
  std::vector<NamedMetric> metrics;
  std::string training_identity;   ///< JSON: what determines a trained adapter; not read for one that does not train
  std::uint64_t seed = 0;
  std::size_t batch_size = 32;
  int loader_threads = 2;
  EmbeddingCache* cache = nullptr;  ///< null: embeddings are not kept
  JournalMode mode = JournalMode::resume;
  BootstrapOptions bootstrap;
  SubgroupOptions subgroups;
};

/// One number of the result. NaN values are undefined; `reason` says why.
struct ResultValue {
  std::string metric;   ///< the study's name of the metric plugin
  std::string name;     ///< "auroc", "auroc[melanoma]"
  bool headline = false;
  bool higher_is_better = true;
  Interval interval;
  std::string reason;
  std::optional<AnalyticInterval> analytic;  ///< where the metric has a formula
  std::vector<double> rounds;  ///< one per resample; empty if there are none
};

/// PreparedMetric::sample_values() of one metric, one per scored sample.
struct SampleValues {
  std::string metric;  ///< the study's name
  std::vector<double> values;
};

/// The metrics on one subgroup of the scored samples.
struct SubgroupResult {
  std::string group;    ///< "sex"
  std::string value;    ///< "F"
  std::size_t scored = 0;
  std::vector<ResultValue> values;  ///< empty if the subgroup is too small; `reason` says so
  std::string reason;
};

/// How far apart the subgroups of one group are in a metric's headline.
struct SubgroupGap {
  std::string group;
  std::string metric, name;      ///< as in ResultValue
  std::string highest, lowest;   ///< the subgroups with the largest and the smallest value
  Interval interval;             ///< of the value of `highest` less that of `lowest`, paired by round
};

struct ScenarioResult {
  std::size_t samples = 0, scored = 0, errored = 0, missing = 0;
  std::vector<ResultValue> values;
  std::vector<SampleValues> sample_values;
  std::vector<std::pair<std::string, std::string>> metric_reports;  ///< metric and PreparedMetric::report()
  std::vector<SubgroupResult> subgroups;
  std::vector<SubgroupGap> gaps;
  std::vector<std::string> subgroup_notes;  ///< groups that could not be used, and why
  bool complete = false;   ///< false: stopped by the user; resumable
};

/// A part of a test split, to be predicted by a process of its own: every batch belongs to one of `count` shards.
struct Shard {
  std::size_t index = 0;  ///< counted from 0
  std::size_t count = 1;
};

/// What a shard has.
struct ShardResult {
  std::size_t samples = 0, predicted = 0, errored = 0;
};

/// How far the training of a scenario's adapter is.
struct TrainingState {
  enum class Stage { none, begun, finished };
  Stage stage = Stage::none;
  std::vector<std::string> differences;  ///< of what it was trained for from what is asked for now
};
/// Reads `folder/training.json` without taking the folder over.
MEDVLM_API TrainingState inspect_training(const std::filesystem::path& folder, const std::string& training_identity);

/// Trains the adapter, or goes on training, unless that is done; the test split stays closed. Does nothing for an adapter
/// that does not train. Throws as evaluate().
MEDVLM_API void train(Scenario& scenario, Progress& progress);

/// Runs or resumes a scenario: trains where that is to do, opens the test split, and appends predictions to the journal
/// batch by batch; when all are there, predictions.jsonl and result.json are written. A metric that needs them gets
/// predictions on the train split as well, journalled below `train/`. Throws Error(conflict) for a folder in use or of
/// another study, and whatever plugins throw while preparing. A sample that fails is recorded and never ends the run.
MEDVLM_API ScenarioResult evaluate(Scenario& scenario, Progress& progress);

/// Predicts one shard into a journal of its own below `folder/shards/`, or continues it; nothing is scored. evaluate() takes
/// what shards have predicted over into the scenario's journal, in the order of an undivided run, before it computes what is
/// missing. Throws as evaluate(), and Error(conflict) if the adapter is still to train: shards share what was learnt.
MEDVLM_API ShardResult predict_shard(Scenario& scenario, Shard shard, Progress& progress);

}  // namespace medvlm
