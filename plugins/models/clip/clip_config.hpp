// config.json of a CLIP checkpoint, with the defaults of the reference library for what it leaves out.
#pragma once

#include <filesystem>

#include "medvlm/sdk/nn/transformer.hpp"

namespace medvlm::clip {

struct VisionConfig {
  sdk::nn::TransformerShape transformer;
  std::int64_t image_size = 0;
  std::int64_t patch_size = 0;
  std::int64_t channels = 3;

  std::int64_t grid() const { return image_size / patch_size; }
};

struct TextConfig {
  sdk::nn::TransformerShape transformer;
  std::int64_t vocabulary = 0;
  std::int64_t positions = 0;
  std::int64_t eos_token = 0;
};

struct ClipConfig {
  VisionConfig vision;
  TextConfig text;
  std::int64_t projection = 0;  ///< width of the space that images and texts share
};

/// Throws Error(checkpoint) that names file and key.
ClipConfig read_clip_config(const std::filesystem::path& file);

}  // namespace medvlm::clip
