// How a checkpoint generates text: generation_config.json, what the user asks for, and what a family is used to.
#pragma once

#include <filesystem>
#include <vector>

#include "medvlm/core/model.hpp"

namespace medvlm::sdk::language {

/// Everything decided.
struct GenerationSettings {
  std::int64_t max_new_tokens = 128;
  bool sample = false;  ///< false: greedy
  double temperature = 1;
  double top_p = 1;
  std::int64_t top_k = 0;
  double repetition_penalty = 1;
  std::vector<std::int64_t> stop;  ///< ids that end an answer
};

/// What `folder/generation_config.json` says (no file: nothing), on top of `family`: sampling, repetition_penalty,
/// eos_token_id (a number or a list); where it names no end, that of `folder/config.json` or its text_config.
/// max_new_tokens stays the family's. A sampling that can only choose the best token (top_k 1) counts as greedy.
/// Throws Error(checkpoint).
MEDVLM_API GenerationSettings read_generation_settings(const std::filesystem::path& folder,
                                                       const GenerationSettings& family);

/// `asked` where it is set, else `checkpoint`. Temperature 0 is greedy. Throws Error(config) for values out of range.
MEDVLM_API GenerationSettings resolve(const GenerationSettings& checkpoint, const Generation& asked);

}  // namespace medvlm::sdk::language
