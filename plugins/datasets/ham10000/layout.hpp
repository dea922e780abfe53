// Where the files of HAM10000 lie.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace medvlm::ham10000 {

/// The files found below a root.
struct Layout {
  bool benchmark = false;          ///< ready split files, as the original benchmark has them
  std::filesystem::path metadata;  ///< public layout
  std::filesystem::path train;     ///< benchmark layout; empty if the file does not exist
  std::filesystem::path test;      ///< benchmark layout; empty if the file does not exist
  std::vector<std::filesystem::path> image_folders;  ///< in the order in which they are searched
};

/// `wanted` is "auto", "public" or "benchmark". Throws Error(data) that lists what was looked for.
Layout find_layout(const std::filesystem::path& root, const std::string& wanted);

}  // namespace medvlm::ham10000
