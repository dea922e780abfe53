// Which prompts are answered together, and how much of them is the same.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "medvlm/sdk/language/prompt.hpp"

namespace medvlm::sdk::language {

/// Prompts that are answered in one batch.
struct PromptGroup {
  std::vector<std::size_t> members;  ///< their places among all prompts
  std::int64_t shared = 0;           ///< how many tokens they all begin with; at least one token of each is its own
};

/// Prompts on one image that begin alike share what they have in common, if that is worth it and `share` says so; the rest
/// is cut into batches of like length.
std::vector<PromptGroup> group_prompts(std::span<const Prompt> prompts, bool share);

}  // namespace medvlm::sdk::language
