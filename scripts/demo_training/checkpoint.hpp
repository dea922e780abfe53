// A CLIP checkpoint folder that can be trained: written with random weights, opened with all weights trainable, saved.
#pragma once

#include <filesystem>

#include "clip_model.hpp"

namespace medvlm::demo {

/// Fills `folder`, which has config.json and the processor's and tokenizer's files, with random weights.
void write_random_weights(const std::filesystem::path& folder, std::uint64_t seed);

/// Replaces every weight of a loaded model by a copy that can be trained. Returns them.
std::vector<at::Tensor> make_trainable(clip::ClipModel& model);

void save_weights(clip::ClipModel& model, const std::filesystem::path& folder);

}  // namespace medvlm::demo
