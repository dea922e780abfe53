// The section [cluster] of a study: what its jobs ask for.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cluster/submission.hpp"
#include "medvlm/base/options.hpp"

namespace medvlm::launcher::cluster {

/// The section, checked, with what the command line changed.
class Settings {
 public:
  /// `section` is the table [cluster], or null. Appends every complaint to `diagnostics`; `models` are the study's, so that a
  /// name without a model is one.
  static Settings read(const Value& section, const std::vector<std::string>& models,
                       std::vector<Diagnostic>& diagnostics);

  /// sbatch's options for a stage of a model: the command line's, else the stage's, else the model's (the exact name, else the
  /// longest pattern that fits), else the section's own. The report needs no GPU unless [cluster.report] says so.
  Resources resources(const std::string& model, const std::string& stage) const;

  /// Sets one resource for all jobs, as the command line does.
  void override_resource(const std::string& name, const std::string& value) { command_line_[name] = value; }

  std::int64_t array_limit = 0;        ///< tasks of an array that run at a time; 0: all
  std::int64_t shards = 0;             ///< parts of every test set; 0: not given
  std::int64_t samples_per_shard = 0;  ///< 0: not given
  std::vector<std::string> setup;      ///< lines of shell before the work, e.g. "module load cuda"
  std::vector<std::string> options;    ///< more options for sbatch, as written

 private:
  using Named = std::map<std::string, std::string>;

  Named general_, command_line_;
  std::map<std::string, Named> models_, stages_;
};

/// The resources that the section and the command line know, by their names there.
std::vector<std::string> resource_names();

}  // namespace medvlm::launcher::cluster
