// config.json of a Gemma 3 checkpoint, with the defaults of the reference library for what it leaves out.
#pragma once

#include <filesystem>

#include "medvlm/sdk/language/decoder.hpp"
#include "medvlm/sdk/nn/vision_tower.hpp"

namespace medvlm::gemma3 {

struct Gemma3Config {
  sdk::nn::VisionTowerShape vision;
  sdk::language::DecoderShape text;
  std::int64_t image_tokens = 0;  ///< features of one image, as the decoder sees it
  std::int64_t pool = 0;          ///< so many patches a side are averaged to one feature
  // What stands around an image's features in a prompt, and in their places.
  std::int64_t image_begin = 0;
  std::int64_t image_end = 0;
  std::int64_t image_place = 0;
};

/// Throws Error(checkpoint) that names file and key.
Gemma3Config read_gemma3_config(const std::filesystem::path& file);

}  // namespace medvlm::gemma3
