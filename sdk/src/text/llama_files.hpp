// LLaMA's tokenizer without tokenizer.json.
#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

#include "pipeline.hpp"

namespace medvlm::sdk {

/// `file` is tokenizer.model, `config` the content of tokenizer_config.json beside it. Throws Error(checkpoint).
PipelineParts llama_parts(const std::filesystem::path& file, const nlohmann::json& config);

}  // namespace medvlm::sdk
