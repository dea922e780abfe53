// Content identities: of checkpoints and of lists of samples.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "medvlm/core/data.hpp"

namespace medvlm {

/// SHA-256 over names (relative to their common folder) and contents of the files. Hashes of unchanged files (same path,
/// size and time of change) are taken from `memo` if given, and added to it. Throws Error(io).
MEDVLM_API std::string hash_files(std::span<const std::filesystem::path> files, const std::filesystem::path& memo);

/// SHA-256 over everything in the samples that determines a score.
MEDVLM_API std::string hash_samples(std::span<const Sample> samples);

}  // namespace medvlm
