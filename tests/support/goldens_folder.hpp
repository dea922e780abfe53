// Where the goldens are, and which kinds of them.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace medvlm::test {

/// The folder of the goldens: MEDVLM_GOLDENS, or the copy in the source tree.
inline std::filesystem::path goldens_folder() {
  const char* chosen = std::getenv("MEDVLM_GOLDENS");
  return chosen && *chosen ? chosen : MEDVLM_GOLDENS_DEFAULT;
}

/// Whether there are goldens of this kind. Those in the source tree must be there; a folder named by MEDVLM_GOLDENS may
/// hold some kinds only, and what is not there is said and skipped.
inline bool goldens_present(const std::string& kind) {
  const std::filesystem::path folder = goldens_folder() / kind;
  if (std::filesystem::exists(folder)) return true;
  const char* chosen = std::getenv("MEDVLM_GOLDENS");
  if (!chosen || !*chosen) throw std::runtime_error("the goldens are missing: " + folder.string());
  std::fprintf(stderr, "SKIPPED: no goldens in %s\n", folder.c_str());
  return false;
}

}  // namespace medvlm::test
