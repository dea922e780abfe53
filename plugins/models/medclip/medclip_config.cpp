#include "medclip_config.hpp"

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/hf_config.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::medclip {
namespace {

using sdk::HfConfig;

constexpr std::int64_t kMostStages = 16;

HfConfig read_config(const std::filesystem::path& folder, const char* tower, const std::string& type) {
  const auto file = folder / tower / "config.json";
  if (!std::filesystem::exists(file)) {
    throw Error(ErrorCode::checkpoint, "'" + file.string() + "' is missing; put the config.json of the repository '" +
                                           tower + "' there");
  }
  HfConfig config = HfConfig::from_file(file);
  if (const std::string found = config.text("model_type", type); found != type) {
    config.fail("model_type", "is '" + found + "', but MedCLIP has '" + type + "' here");
  }
  return config;
}

/// A number, or two equal ones for height and width.
std::int64_t side(const HfConfig& config, const char* key, std::int64_t fallback) {
  if (config.type_of(key) != "list") return sdk::positive_integer(config, key, fallback);
  const auto sides = config.integers(key);
  if (sides.size() != 2 || sides[0] != sides[1]) config.fail(key, "must be one number or two equal ones");
  if (sides[0] <= 0) config.fail(key, "must be positive, is " + std::to_string(sides[0]));
  return sides[0];
}

std::vector<std::int64_t> per_stage(const HfConfig& config, const char* key, const std::vector<std::int64_t>& fallback) {
  const auto values = config.has(key) ? config.integers(key) : fallback;
  if (values.empty() || static_cast<std::int64_t>(values.size()) > kMostStages) {
    config.fail(key, "must have 1 to " + std::to_string(kMostStages) + " numbers");
  }
  for (const auto value : values) {
    if (value <= 0) config.fail(key, "must be positive, holds " + std::to_string(value));
  }
  return values;
}

void check_stages(const HfConfig& config, const SwinShape& shape) {
  if (shape.heads.size() != shape.depths.size()) config.fail("num_heads", "must have as many numbers as depths");
  for (std::int64_t stage = 0; stage < shape.stages(); ++stage) {
    if (shape.width(stage) % shape.heads[static_cast<std::size_t>(stage)] != 0) {
      config.fail("num_heads", "does not divide the width " + std::to_string(shape.width(stage)) + " of stage " +
                                   std::to_string(stage));
    }
    // The reference cannot compute this either: its table of positions is that of a whole window.
    if (shape.grid(stage) < shape.window) {
      config.fail("window_size", "is larger than the grid of stage " + std::to_string(stage) + ", which is " +
                                     std::to_string(shape.grid(stage)) + " tokens wide");
    }
  }
}

SwinShape read_swin_shape(const HfConfig& config) {
  SwinShape shape;
  shape.image_size = side(config, "image_size", shape.image_size);
  shape.patch_size = side(config, "patch_size", shape.patch_size);
  shape.channels = sdk::positive_integer(config, "num_channels", shape.channels);
  if (shape.channels != 3) config.fail("num_channels", "must be 3");
  if (shape.image_size > 16384) config.fail("image_size", "must be at most 16384");
  shape.embed_width = sdk::positive_integer(config, "embed_dim", shape.embed_width);
  if (shape.embed_width > 1 << 20) config.fail("embed_dim", "is implausibly large");
  shape.depths = per_stage(config, "depths", shape.depths);
  shape.heads = per_stage(config, "num_heads", shape.heads);
  shape.window = sdk::positive_integer(config, "window_size", shape.window);
  shape.mlp_ratio = config.number("mlp_ratio", shape.mlp_ratio);
  if (!(shape.mlp_ratio * static_cast<double>(shape.embed_width) >= 1 && shape.mlp_ratio < 1024)) {
    config.fail("mlp_ratio", "leaves the MLP without a sensible width");
  }
  shape.qkv_bias = config.flag("qkv_bias", shape.qkv_bias);
  shape.absolute_positions = config.flag("use_absolute_embeddings", shape.absolute_positions);
  shape.epsilon = config.number("layer_norm_eps", shape.epsilon);
  try {
    shape.activation = sdk::nn::activation_from_name(config.text("hidden_act", "gelu"));
  } catch (const Error& error) {
    config.fail("hidden_act", error.message());
  }
  if (shape.absolute_positions && shape.image_size % shape.patch_size != 0) {
    config.fail("use_absolute_embeddings", "needs an image_size that patch_size divides");
  }
  check_stages(config, shape);
  return shape;
}

}  // namespace

std::int64_t SwinShape::grid(std::int64_t stage) const {
  std::int64_t side = (image_size + patch_size - 1) / patch_size;
  for (; stage > 0; --stage) side = (side + 1) / 2;
  return side;
}

MedclipConfig read_medclip_config(const std::filesystem::path& folder) {
  MedclipConfig config;
  config.vision = read_swin_shape(read_config(folder, kVisionFolder, "swin"));
  const HfConfig text = read_config(folder, kTextFolder, "bert");
  config.text = sdk::nn::read_bert_shape(text);
  if (config.text.transformer.layers < 2) {
    text.fail("num_hidden_layers", "must be at least 2: a text's embedding is made from layers 1, 2 and the last");
  }
  return config;
}

}  // namespace medvlm::medclip
