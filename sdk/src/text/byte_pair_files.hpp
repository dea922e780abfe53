// Tokenizers that come as vocab.json and merges.txt.
#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

#include "pipeline.hpp"

namespace medvlm::sdk {

/// `config` is the content of tokenizer_config.json, whose class decides how text is split. Throws Error(checkpoint).
PipelineParts byte_pair_parts(const std::filesystem::path& folder, const nlohmann::json& config);

}  // namespace medvlm::sdk
