// config.json of a SigLIP checkpoint, with the defaults of the reference library for what it leaves out.
#pragma once

#include <filesystem>

#include "medvlm/sdk/nn/transformer.hpp"

namespace medvlm::siglip {

struct VisionConfig {
  sdk::nn::TransformerShape transformer;
  std::int64_t image_size = 0;
  std::int64_t patch_size = 0;

  std::int64_t grid() const { return image_size / patch_size; }
};

struct TextConfig {
  sdk::nn::TransformerShape transformer;
  std::int64_t vocabulary = 0;
  std::int64_t positions = 0;
  std::int64_t projection = 0;  ///< width of the space that images and texts share
};

struct SiglipConfig {
  VisionConfig vision;
  TextConfig text;
};

/// Throws Error(checkpoint) that names file and key.
SiglipConfig read_siglip_config(const std::filesystem::path& file);

}  // namespace medvlm::siglip
