#include "internvl_config.hpp"

#include <cmath>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/checkpoint.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::internvl {
namespace {

using sdk::HfConfig;
using sdk::nn::Activation;

Layout read_layout(const HfConfig& config) {
  const std::string type = config.text("model_type", "");
  if (type == "internvl_chat") return Layout::original;
  if (type == "internvl") return Layout::hugging_face;
  config.fail("model_type", "is '" + type + "', but this plugin loads 'internvl_chat' and 'internvl'; `medvlm list " +
                                "models` shows the families that there are");
}

/// A side in pixels, written as a number or as two equal ones.
std::int64_t square_side(const HfConfig& config, std::string_view key, std::int64_t fallback) {
  if (config.type_of(key) != "list") return sdk::positive_integer(config, key, fallback);
  const auto sides = config.integers(key);
  if (sides.size() != 2 || sides[0] != sides[1]) config.fail(key, "must be two equal sides: tiles are squares");
  if (sides[0] <= 0) config.fail(key, "must be positive, is " + std::to_string(sides[0]));
  return sides[0];
}

bool has_rms_norms(const HfConfig& config, std::string_view fallback) {
  const std::string type = config.text("norm_type", fallback);
  if (type != "rms_norm" && type != "layer_norm") {
    config.fail("norm_type", "is '" + type + "'; known: layer_norm, rms_norm");
  }
  return type == "rms_norm";
}

/// The defaults are those of the original InternVisionConfig (InternViT-6B) or of the library's InternVLVisionConfig.
VisionShape read_vision(const HfConfig& config, bool original) {
  const sdk::nn::TransformerShape large{3200, 12800, 25, 48, 1e-6, Activation::gelu};
  const sdk::nn::TransformerShape small{1024, 4096, 16, 24, 1e-6, Activation::gelu};
  VisionShape shape;
  shape.tower.transformer = sdk::read_transformer_shape(config, original ? large : small);
  shape.tower.image_size = square_side(config, "image_size", original ? 224 : 448);
  shape.tower.patch_size = square_side(config, "patch_size", 14);
  shape.tower.class_token = true;
  shape.tower.post_norm = false;
  if (config.integer("num_channels", 3) != 3) config.fail("num_channels", "must be 3");
  if (shape.tower.grid() < 1) config.fail("patch_size", "is larger than image_size");
  shape.rms_norms = has_rms_norms(config, original ? "rms_norm" : "layer_norm");
  shape.qkv_bias = config.flag(original ? "qkv_bias" : "attention_bias", false);
  shape.query_key_norm = config.flag(original ? "qk_normalization" : "use_qk_norm", original);
  // The library does not hand its epsilon on to these norms.
  if (original) shape.query_key_epsilon = shape.tower.transformer.epsilon;
  if (!config.flag("use_absolute_position_embeddings", true)) {
    config.fail("use_absolute_position_embeddings", "is false; a tower without them is not supported");
  }
  return shape;
}

/// Which block's output is taken; the last one's has a norm where the library's tower was made for its class token.
void choose_layer(VisionShape& shape, const HfConfig& config, std::string_view key) {
  const std::int64_t layer = config.integer(key, -1);
  shape.tower = sdk::nn::with_feature_layer(shape.tower, layer, config, key);
  const bool original = key == "select_layer";
  shape.tower.post_norm = !original && layer == -1 && !config.flag("vision_config.use_mean_pooling", true);
}

/// How many patches a side become one feature.
std::int64_t read_shuffle(const HfConfig& config) {
  const double ratio = config.number("downsample_ratio", 0.5);
  const double side = ratio > 0 ? 1 / ratio : 0;
  if (!(side >= 1 && side <= 64) || side != std::floor(side)) {
    config.fail("downsample_ratio", "must be 1, 1/2, 1/4 and so on, is " + std::to_string(ratio));
  }
  return static_cast<std::int64_t>(side);
}

sdk::language::DecoderShape read_text(const HfConfig& config, const HfConfig& text,
                                      const std::filesystem::path& folder) {
  if (const std::string type = text.text("model_type", "qwen2"); type != "qwen2") {
    text.fail("model_type",
              "is '" + type + "'; InternVL is supported with 'qwen2' (InternVL3-1B, 2B, 8B, 14B, 38B, 78B)");
  }
  if (text.flag("use_sliding_window", false)) text.fail("use_sliding_window", "is true; this is not supported");
  sdk::language::DecoderShape fallback;
  fallback.epsilon = 1e-6;
  fallback.qkv_bias = true;
  fallback.context = 32768;
  fallback.rotary.theta = 10000;
  auto shape = sdk::language::read_decoder_shape(text, fallback);
  const bool tied = config.flag("tie_word_embeddings", text.flag("tie_word_embeddings", false));
  shape.tied_head = tied && !sdk::Checkpoint::open(folder).has("language_model.lm_head.weight");
  return shape;
}

void read_original(const HfConfig& config, InternVlConfig& result) {
  const VisionShape& vision = result.vision;
  result.tiling.size = sdk::positive_integer(config, "force_image_size", vision.tower.image_size);
  const bool tiles = config.flag("dynamic_image_size", true);
  result.tiling.minimum = tiles ? sdk::positive_integer(config, "min_dynamic_patch", 1) : 1;
  result.tiling.maximum = tiles ? sdk::positive_integer(config, "max_dynamic_patch", 12) : 1;
  result.tiling.thumbnail = config.flag("use_thumbnail", true);
  result.conversation = config.text("template", "internvl2_5");
  if (const auto version = config.text("ps_version", "v2"); version != "v2") {
    config.fail("ps_version", "is '" + version + "'; supported is 'v2', which does not transpose the image");
  }
  if (config.flag("pad2square", false)) config.fail("pad2square", "is true; this is not supported");
}

void read_hugging_face(const HfConfig& config, InternVlConfig& result) {
  if (const auto choice = config.text("vision_feature_select_strategy", "default"); choice != "default") {
    config.fail("vision_feature_select_strategy",
                "is '" + choice + "'; supported is 'default', without the class token");
  }
  try {
    result.projector_activation = sdk::nn::activation_from_name(config.text("projector_hidden_act", "gelu"));
  } catch (const Error& error) {
    config.fail("projector_hidden_act", error.message());
  }
  result.image_token = config.integer("image_token_id", 151667);
  if (config.has("image_seq_length")) result.features_per_tile = config.integer("image_seq_length");
}

}  // namespace

InternVlConfig read_internvl_config(const std::filesystem::path& folder) {
  const HfConfig config = HfConfig::from_file(folder / "config.json");
  InternVlConfig result;
  result.layout = read_layout(config);
  const bool original = is_original(result);
  result.vision = read_vision(config.object_or_empty("vision_config"), original);
  choose_layer(result.vision, config, original ? "select_layer" : "vision_feature_layer");
  result.shuffle = read_shuffle(config);
  result.text = read_text(config, config.object(original ? "llm_config" : "text_config"), folder);
  original ? read_original(config, result) : read_hugging_face(config, result);
  return result;
}

}  // namespace medvlm::internvl
