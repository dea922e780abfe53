// Where the files of PAPILA lie.
#pragma once

#include <filesystem>
#include <string>

namespace medvlm::papila {

/// The files found below a root.
struct Layout {
  bool benchmark = false;         ///< ready split files, as the original benchmark has them
  std::filesystem::path folder;   ///< of the dataset
  std::filesystem::path right;    ///< public layout: the table of right eyes (OD)
  std::filesystem::path left;     ///< public layout: the table of left eyes (OS)
  std::filesystem::path train;    ///< benchmark layout; empty if the file does not exist
  std::filesystem::path test;     ///< benchmark layout; empty if the file does not exist
  std::filesystem::path images;
};

/// `wanted` is "auto", "public" or "benchmark". Throws Error(data) that lists what was looked for.
Layout find_layout(const std::filesystem::path& root, const std::string& wanted);

}  // namespace medvlm::papila
