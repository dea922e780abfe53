// The outcome of one scenario as plain data: what the analyses, the report and the comparisons work on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "medvlm/analysis/interval.hpp"
#include "medvlm/base/api.hpp"

namespace medvlm::analysis {

struct ModelFacts {
  std::string name;
  std::string family;                   ///< who is compared with whom: "CLIP"; the study's word, else the plugin's
  std::string role;                     ///< "generalist", "specialist" or empty
  std::int64_t parameters = 0;          ///< 0: unknown
  std::vector<std::string> modalities;  ///< of medical images in its pre-training
  std::vector<std::string> trained_on;  ///< datasets known to be in its training mixture
  std::vector<std::string> tags;
};

struct DatasetFacts {
  std::string name, title;
  std::string task;            ///< "diagnosis" or "vqa"
  std::string labels;          ///< "binary", "multiclass", "multilabel"; empty for VQA
  std::vector<std::string> classes;
  std::string modality;
  std::string samples_sha256;  ///< of the test split; empty: unknown (published)
  std::vector<std::string> tags;
};

struct AdapterFacts {
  std::string name;    ///< without the seed
  std::string plugin;
  bool trains = false;
  std::optional<std::uint64_t> seed;  ///< of an entry with several
};

/// An interval by a formula (DeLong's).
struct FormulaInterval {
  std::string method;
  double variance = 0, low = 0, high = 0;
};

/// One number of a scenario. Values are as metrics give them (shares in [0, 1], not percent); NaN: undefined.
struct OutcomeValue {
  std::string metric;  ///< the study's name of the metric
  std::string name;    ///< "auroc", "auroc[melanoma]"
  bool headline = false;
  bool higher_is_better = true;
  Interval interval;
  std::string reason;  ///< why something is NaN
  std::optional<FormulaInterval> formula;
};

/// How many samples were scored.
struct Counts {
  std::size_t total = 0, scored = 0, errored = 0, missing = 0;
};

/// What a scenario cost. 0: unknown.
struct Cost {
  std::int64_t trained_parameters = 0;
  double training_seconds = 0;
  double evaluation_seconds = 0;  ///< where one call made all predictions (with embeddings from the cache, if they were there)
  std::int64_t peak_memory_bytes = 0;
  std::string device;             ///< "cpu", "cuda:0"
};

/// Where numbers come from that were not computed here. No predictions, so no paired tests.
struct Published {
  std::string source;  ///< as given by the user: a file, a citation
  std::string table;   ///< "5"; may be empty
};

/// One scenario: model x dataset x adapter.
struct Outcome {
  std::filesystem::path folder;
  std::string study;
  ModelFacts model;
  DatasetFacts dataset;
  AdapterFacts adapter;
  std::string domain = "-";  ///< "ID", "OOD", or "-" where nobody told
  bool trained_on = false;   ///< the dataset is known to be in the model's training mixture
  Counts counts;
  double confidence = 0.95;
  std::string unit;          ///< of the bootstrap: "sample" or "cluster"
  std::string cluster;       ///< the group whose members stay together
  std::vector<OutcomeValue> values;
  Cost cost;
  std::optional<Published> published;

  /// "model/dataset/adapter" or "model/dataset/adapter/seed-7"
  MEDVLM_API std::string name() const;
  /// The value of that name, or null. `metric` empty: of any metric.
  MEDVLM_API const OutcomeValue* find(const std::string& metric, const std::string& name) const;
};

/// "ID" or "OOD" by the rule of modalities: whether the dataset's modality was in a specialist's pre-training. A generalist
/// is out of domain everywhere. "-" where the role is not told. Source: MedVLMBench, section 6.2 of its notes.
MEDVLM_API std::string domain_of(const ModelFacts& model, const std::string& modality);

/// Reads `folder/result.json`. Throws Error(io), Error(data) that names the file and what is wrong.
MEDVLM_API Outcome read_outcome(const std::filesystem::path& folder);

/// All outcomes at or below the given folders (each a scenario's, a study's or several studies'), sorted by study's order of
/// models where `study.json` tells it, else by name. Throws Error(data) if there is none.
MEDVLM_API std::vector<Outcome> read_outcomes(const std::vector<std::filesystem::path>& folders);

}  // namespace medvlm::analysis
