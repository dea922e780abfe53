// config.json of an InternVL3 checkpoint, in the original layout or that of the Hugging Face library.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "medvlm/sdk/language/decoder.hpp"
#include "medvlm/sdk/nn/vision_tower.hpp"

namespace medvlm::internvl {

/// Whose names the files use. Both hold the same network.
enum class Layout {
  original,      ///< OpenGVLab/InternVL3-8B, `model_type: internvl_chat`
  hugging_face,  ///< OpenGVLab/InternVL3-8B-hf, `model_type: internvl`
};

/// InternViT.
struct VisionShape {
  sdk::nn::VisionTowerShape tower;  ///< with a class token, without the norm before the first block
  bool rms_norms = false;           ///< the norms of the blocks are RmsNorm
  bool qkv_bias = false;
  bool query_key_norm = false;      ///< queries and keys are normalised over the whole width, before heads part
  double query_key_epsilon = 1e-6;
};

/// How pictures are cut, as far as config.json says it.
struct TilingConfig {
  std::int64_t size = 0;      ///< side of a tile; 0: preprocessor_config.json says it
  std::int64_t minimum = 1;   ///< tiles
  std::int64_t maximum = 12;  ///< tiles, without the thumbnail
  bool thumbnail = true;      ///< a picture of several tiles is also shown as a whole
};

struct InternVlConfig {
  Layout layout = Layout::original;
  VisionShape vision;
  TilingConfig tiling;
  std::int64_t shuffle = 2;  ///< so many patches a side become one feature
  sdk::nn::Activation projector_activation = sdk::nn::Activation::gelu;
  sdk::language::DecoderShape text;
  std::optional<std::int64_t> image_token;        ///< the id in place of a feature, where config.json says it
  std::optional<std::int64_t> features_per_tile;  ///< the same
  std::string conversation = "internvl2_5";       ///< name of the chat template in the original code
};

/// Reads `folder/config.json`. A head that config.json ties to the embeddings is untied if it is stored nevertheless.
/// Throws Error(checkpoint) that names file and key.
InternVlConfig read_internvl_config(const std::filesystem::path& folder);

inline bool is_original(const InternVlConfig& config) { return config.layout == Layout::original; }

}  // namespace medvlm::internvl
