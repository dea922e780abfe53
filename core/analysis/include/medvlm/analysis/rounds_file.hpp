// rounds.bin: a scenario's value in every round of the bootstrap, so that any difference between scenarios on one test set is
// paired without computing a metric again. The format is described in docs/formats/rounds.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm::analysis {

/// What must be equal for rounds to be paired.
struct ResampleKey {
  std::string samples_sha256;  ///< of the test split
  std::uint64_t samples = 0;
  std::uint64_t rounds = 0;
  std::uint64_t seed = 0;
  std::string unit;            ///< "sample" or "cluster"
  bool operator==(const ResampleKey&) const = default;
};

/// The rounds of one value; NaN where it is undefined.
struct ValueRounds {
  std::string metric, name;
  std::vector<double> rounds;
};

struct RoundsFile {
  ResampleKey key;
  std::vector<ValueRounds> values;

  /// The rounds of a value, or null.
  MEDVLM_API const ValueRounds* find(const std::string& metric, const std::string& name) const;
};

/// The file's bytes. Every value must have key.rounds numbers: else throws Error(internal).
MEDVLM_API std::string rounds_text(const RoundsFile& rounds);
/// Throws Error(io), or Error(data) for a damaged file.
MEDVLM_API RoundsFile read_rounds(const std::filesystem::path& file);

}  // namespace medvlm::analysis
