// Where the files of Camelyon17-WILDS lie.
#pragma once

#include <filesystem>
#include <string>

namespace medvlm::camelyon17 {

/// The files found below a root.
struct Layout {
  bool benchmark = false;          ///< ready lists, as the original benchmark has them
  std::filesystem::path metadata;  ///< public layout
  std::filesystem::path train;     ///< benchmark layout; empty if the file does not exist
  std::filesystem::path test;      ///< benchmark layout; empty if the file does not exist
  std::filesystem::path patches;   ///< holds patient_XXX_node_Y/
};

/// `wanted` is "auto", "public" or "benchmark"; `sampled` says whether the benchmark's lists may serve "auto". Throws
/// Error(data) that lists what was looked for.
Layout find_layout(const std::filesystem::path& root, const std::string& wanted, bool sampled);

}  // namespace medvlm::camelyon17
