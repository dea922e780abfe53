// Writer of the safetensors format.
#pragma once

#include <map>

#include "medvlm/sdk/checkpoint/weights.hpp"

namespace medvlm::sdk {

/// Writes the tensors (of any device and layout) and the header's `__metadata__` atomically: the old file stays until the
/// new one is whole. The same tensors give the same bytes. Throws Error(io), or Error(internal) for a dtype that the format
/// does not have.
MEDVLM_API void write_safetensors(const std::filesystem::path& file, const WeightMap& tensors,
                                  const std::map<std::string, std::string>& metadata = {});

}  // namespace medvlm::sdk
