// config.json of a BLIP-2 checkpoint for image-text retrieval, with the defaults of the reference library.
#pragma once

#include <filesystem>

#include "medvlm/sdk/nn/transformer.hpp"

namespace medvlm::blip2 {

struct VisionConfig {
  sdk::nn::TransformerShape transformer;
  std::int64_t image_size = 0;
  std::int64_t patch_size = 0;
  bool qkv_bias = true;

  std::int64_t grid() const { return image_size / patch_size; }
};

struct QFormerConfig {
  sdk::nn::TransformerShape transformer;
  std::int64_t image_width = 0;      ///< of the vision states that cross-attention looks at
  std::int64_t cross_attention = 0;  ///< every so many layers, beginning with the first
  std::int64_t queries = 0;
  std::int64_t vocabulary = 0;
  std::int64_t positions = 0;
};

struct Blip2Config {
  VisionConfig vision;
  QFormerConfig qformer;
  std::int64_t projection = 0;  ///< width of the space that images and texts share
};

/// Throws Error(checkpoint) that names file and key; for a BLIP-2 that generates text it says so.
Blip2Config read_blip2_config(const std::filesystem::path& file);

}  // namespace medvlm::blip2
