// What a MedCLIP folder says of its two towers, with the defaults of the reference libraries for what it leaves out.
#pragma once

#include <filesystem>
#include <vector>

#include "medvlm/sdk/nn/bert.hpp"
#include "medvlm/sdk/nn/transformer.hpp"

namespace medvlm::medclip {

/// The towers' folders below the checkpoint's: they are named like the repositories their files come from.
inline constexpr const char* kVisionFolder = "microsoft/swin-tiny-patch4-window7-224";
inline constexpr const char* kTextFolder = "emilyalsentzer/Bio_ClinicalBERT";

/// Sizes of a Swin transformer.
struct SwinShape {
  std::int64_t image_size = 224;
  std::int64_t patch_size = 4;
  std::int64_t channels = 3;
  std::int64_t embed_width = 96;  ///< of the first stage; doubles from stage to stage
  std::vector<std::int64_t> depths{2, 2, 6, 2};
  std::vector<std::int64_t> heads{3, 6, 12, 24};
  std::int64_t window = 7;
  double mlp_ratio = 4;
  bool qkv_bias = true;
  bool absolute_positions = false;
  double epsilon = 1e-5;
  sdk::nn::Activation activation = sdk::nn::Activation::gelu;

  std::int64_t stages() const { return static_cast<std::int64_t>(depths.size()); }
  std::int64_t width(std::int64_t stage) const { return embed_width << stage; }
  /// Tokens along a side of a stage's input. What does not divide evenly is filled up.
  std::int64_t grid(std::int64_t stage) const;
};

struct MedclipConfig {
  SwinShape vision;
  sdk::nn::BertShape text;
  std::int64_t projection = 512;  ///< width of the space that images and texts share; no file but the weights has it
};

/// Reads the config.json of both towers. Throws Error(checkpoint) that names file and key.
MedclipConfig read_medclip_config(const std::filesystem::path& folder);

}  // namespace medvlm::medclip
