// The files of a tiny checkpoint in the layout of llava-hf/llava-1.5-7b-hf.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace medvlm::demo {

/// Writes configuration, processor, tokenizer (whole words of `texts`, single bytes for the rest) and weights: the vision
/// tower of the CLIP checkpoint in `clip_folder`, random numbers for the others.
void write_answerer(const std::filesystem::path& folder, const std::filesystem::path& clip_folder,
                    const std::vector<std::string>& texts, std::uint64_t seed);

}  // namespace medvlm::demo
