// A study: what the TOML says, checked, with the location of every entry.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "medvlm/base/options.hpp"

namespace medvlm::launcher {

/// What the study says of an entry and no file can tell.
struct EntryFacts {
  std::vector<std::string> tags;         ///< words to pick entries by
  std::vector<std::string> aliases;      ///< other names, as in published tables
  std::string role;                      ///< models: "generalist", "specialist" or empty
  std::string family;                    ///< models: who is compared with whom; empty: the plugin's family
  std::vector<std::string> modalities;   ///< models: of medical images in the pre-training, by the datasets' names for them
  std::vector<std::string> trained_on;   ///< models: names of datasets known to be in the training mixture
  std::string modality;                  ///< datasets: in place of the plugin's; empty: the plugin's
};

/// A plugin that the study uses, with the name that the study gives it and its options as written.
struct StudyEntry {
  std::string name;
  std::string plugin;
  Value options;       ///< a table: what is not name, plugin, facts or seeds
  Location location;   ///< of the entry
  std::string key;     ///< "models[0]"
  EntryFacts facts = {};
  std::vector<std::uint64_t> seeds = {};   ///< adapters: one scenario each; the reader fills it, the workbench splits by it
  Location seeds_location = {};
  std::string group = {};                  ///< adapters split by seed: the name without the seed
  std::optional<std::uint64_t> seed = {};  ///< adapters split by seed: this one's
};

/// Which scenarios a rule is for: names of entries, patterns with `*`, or "tag:...". An empty list picks every entry.
struct Selection {
  std::vector<std::string> models, datasets, adapters;
};

/// [[exclude]]: these scenarios are not in the study.
struct Exclusion {
  Selection where;
  Location location;
  std::string key;  ///< "exclude[0]"
};

/// [[overrides]]: what differs in these scenarios. A later one wins.
struct Override {
  Selection where;
  Value adapter{Value::Table{}};               ///< options of the adapter, as written
  std::optional<std::size_t> batch_size;
  std::optional<std::size_t> limit;            ///< only where `where` names datasets alone: models share their test sets
  std::vector<std::string> metrics;            ///< names, patterns or tags; empty: all of the study
  Location location;
  std::string key;  ///< "overrides[0]"
};

/// The [run] section.
struct RunSettings {
  std::string device;
  std::string dtype;
  std::size_t batch_size = 0;
  int threads = 0;          ///< for computing; 0: all
  int loader_threads = 0;   ///< 0: as many as there are cores
  std::size_t max_errors = 0;
  std::size_t limit = 0;    ///< use only the first so many test samples; 0: all
  bool cache = true;
  std::filesystem::path cache_folder;
};

/// The [bootstrap] section.
struct BootstrapSettings {
  int rounds = 0;
  double confidence = 0;
  std::string unit;  ///< "auto", "sample" or "cluster"
};

/// The [scoring] section.
struct ScoringSettings {
  std::vector<std::string> subgroups;  ///< groups of samples on which metrics are computed as well
  std::size_t min_samples = 0;         ///< of a subgroup
};

struct Study {
  std::filesystem::path file;   ///< absolute
  std::string name;
  std::filesystem::path output;
  std::uint64_t seed = 0;
  std::vector<std::uint64_t> seeds;  ///< of every adapter that trains and has none of its own; empty: `seed`
  RunSettings run;
  BootstrapSettings bootstrap;
  ScoringSettings scoring;
  std::vector<std::filesystem::path> plugin_folders;
  std::vector<StudyEntry> models, datasets, adapters, metrics;  ///< those in use
  std::vector<Exclusion> exclusions;
  std::vector<Override> overrides;
  Value cluster;                ///< the section [cluster] as written, for `submit` alone; null: none
  std::string config_json;      ///< everything as resolved, for the manifest
};

/// Reads a study with the files that it includes. `changes` are the `key=value` texts of --set, applied before the check.
/// Appends every complaint to `diagnostics`; the result is usable only if there is none. Throws Error(io) or Error(config)
/// if a file is no TOML.
Study read_study(const std::filesystem::path& file, const std::vector<std::string>& changes,
                 std::vector<Diagnostic>& diagnostics);

/// Throws Error(config) that shows all diagnostics, if there are any.
void refuse(const std::vector<Diagnostic>& diagnostics);

/// Applies one `key=value` to a study's table: `run.batch_size=8`, `models[0].checkpoint=/x` or, by the entry's name,
/// `models.clip-b32.checkpoint=/x`. The value is read as TOML, else as text. Throws Error(usage).
void apply_setting(Value& study, const std::string& setting);

}  // namespace medvlm::launcher
