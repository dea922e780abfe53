// What `<output>/study.json` says of a study, and how to come from its TOML to that folder.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace medvlm::launcher::cluster {

struct RecordedScenario {
  std::string name;                    ///< "model/dataset/adapter"
  std::filesystem::path folder;        ///< absolute, or relative as the output folder is
  std::optional<std::size_t> samples;  ///< of the test split, once somebody knew
  bool trains = false;
};

struct StudyRecord {
  std::string name;
  std::vector<RecordedScenario> scenarios;  ///< in the study's order
};

/// Reads `<output>/study.json`. Without one, scenarios are the folders that have a journal, a result or an error. Throws
/// Error(io) if the folder does not exist, Error(data) for a damaged file.
StudyRecord read_study_record(const std::filesystem::path& output);

/// The output folder of a study's TOML: `study.output`, else `results/<study.name>` in the working directory; included files
/// count. Throws Error(io), Error(config).
std::filesystem::path output_of_study(const std::filesystem::path& file);

}  // namespace medvlm::launcher::cluster
