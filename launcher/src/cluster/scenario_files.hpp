// What the files in a scenario's folder say of how far it is, without parsing predictions.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace medvlm::launcher::cluster {

struct ScenarioFiles {
  std::size_t predictions = 0;  ///< lines in the journal and in those of shards
  std::size_t shards = 0;       ///< that have begun and are not joined yet
  bool has_result = false;
  bool published = false;              ///< imported numbers without predictions
  std::optional<std::size_t> samples;  ///< of the test split, from the result
  std::optional<std::size_t> errored;  ///< of the result
  bool training_begun = false, trained = false;
  std::string error;  ///< "data: cannot read ...": why the last attempt failed as a whole
};

/// Reads what is there; what cannot be read counts as absent. Of a result only the beginning is read.
ScenarioFiles look_at(const std::filesystem::path& folder);

/// Complete lines of a file; 0 if it cannot be read.
std::size_t count_lines(const std::filesystem::path& file);

}  // namespace medvlm::launcher::cluster
