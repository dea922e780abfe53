#include "qwen_config.hpp"

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::qwen_vl {
namespace {

using sdk::HfConfig;
using sdk::nn::Activation;
using sdk::positive_integer;
using Generation = VisionConfig::Generation;

Generation read_generation(const HfConfig& config) {
  const std::string type = config.text("model_type");
  if (type == "qwen2_vl") return Generation::first;
  if (type == "qwen2_5_vl") return Generation::second;
  config.fail("model_type", "is '" + type + "', but this plugin loads 'qwen2_vl' and 'qwen2_5_vl'; " +
                                "`medvlm list models` shows the families");
}

Activation read_activation(const HfConfig& config, Activation fallback) {
  if (!config.has("hidden_act")) return fallback;
  try {
    return sdk::nn::activation_from_name(config.text("hidden_act"));
  } catch (const Error& error) {
    config.fail("hidden_act", error.message());
  }
}

/// Blocks without windows, and the side of the windows in merged patches.
void read_windows(const HfConfig& config, VisionConfig& vision) {
  std::vector<std::int64_t> indices = {7, 15, 23, 31};
  if (config.has("fullatt_block_indexes")) indices = config.integers("fullatt_block_indexes");
  for (const std::int64_t index : indices) {
    if (index >= 0 && index < vision.transformer.layers) vision.whole[static_cast<std::size_t>(index)] = true;
  }
  vision.window = positive_integer(config, "window_size", 112) / vision.patch.merge / vision.patch.side;
  if (vision.window == 0) config.fail("window_size", "is less than one merged patch");
}

VisionConfig read_vision(const HfConfig& config, Generation generation) {
  const bool first = generation == Generation::first;
  VisionConfig vision;
  vision.generation = generation;
  vision.patch.side = positive_integer(config, "patch_size", 14);
  vision.patch.frames = positive_integer(config, "temporal_patch_size", 2);
  vision.patch.merge = positive_integer(config, "spatial_merge_size", 2);
  for (const char* key : {"in_chans", "in_channels"}) {
    if (config.integer(key, 3) != 3) config.fail(key, "must be 3");
  }
  sdk::nn::TransformerShape& shape = vision.transformer;
  const char* const width = first ? "embed_dim" : "hidden_size";
  shape.width = positive_integer(config, width, first ? 1280 : 3584);
  shape.hidden = first ? static_cast<std::int64_t>(static_cast<double>(shape.width) * config.number("mlp_ratio", 4))
                       : positive_integer(config, "intermediate_size", 3420);
  if (shape.hidden <= 0) config.fail("mlp_ratio", "must be positive");
  shape.heads = positive_integer(config, "num_heads", 16);
  shape.layers = positive_integer(config, "depth", 32);
  shape.epsilon = 1e-6;  // not in any config
  shape.activation = read_activation(config, first ? Activation::quick_gelu : Activation::silu);
  // Half of a head's frequencies follow the row and half the column, and each turns two coordinates.
  if (shape.width % (4 * shape.heads) != 0) {
    config.fail("num_heads", "is " + std::to_string(shape.heads) + ": " + width + " (" + std::to_string(shape.width) +
                                 ") must be a multiple of four times that");
  }
  vision.features = positive_integer(config, first ? "hidden_size" : "out_hidden_size", 3584);
  vision.whole.assign(static_cast<std::size_t>(shape.layers), first);
  if (!first) read_windows(config, vision);
  return vision;
}

/// The decoder's keys lie at the top level, or in `text_config` where newer versions of the library have saved; the
/// newest put rope_theta and rope_scaling together as rope_parameters.
sdk::language::DecoderShape read_decoder(const HfConfig& config) {
  const bool nested = config.has("text_config.hidden_size");
  const HfConfig text = nested ? config.object("text_config") : config;
  if (text.flag("use_sliding_window", false)) {
    text.fail("use_sliding_window", "is true, but this plugin knows no sliding window");
  }
  sdk::language::DecoderShape fallback;
  fallback.qkv_bias = true;
  fallback.epsilon = 1e-5;
  fallback.rotary.theta = text.number("rope_parameters.rope_theta", 1e6);
  if (text.has("rope_parameters.mrope_section")) {
    fallback.rotary.sections = text.integers("rope_parameters.mrope_section");
  }
  sdk::language::DecoderShape shape = sdk::language::read_decoder_shape(text, fallback);
  if (nested) shape.tied_head = shape.tied_head || config.flag("tie_word_embeddings", false);
  if (shape.rotary.sections.empty()) {
    text.fail("rope_scaling.mrope_section", "is missing: it says which frequencies follow time, row and column");
  }
  return shape;
}

}  // namespace

QwenConfig read_qwen_config(const std::filesystem::path& file) {
  const HfConfig config = HfConfig::from_file(file);
  const Generation generation = read_generation(config);
  QwenConfig qwen;
  qwen.family = generation == Generation::first ? "Qwen2-VL" : "Qwen2.5-VL";
  qwen.vision = read_vision(config.object_or_empty("vision_config"), generation);
  qwen.decoder = read_decoder(config);
  qwen.image_token = config.integer("image_token_id", 151655);
  if (qwen.image_token < 0 || qwen.image_token >= qwen.decoder.vocabulary) {
    config.fail("image_token_id", "is " + std::to_string(qwen.image_token) + ", but the vocabulary has " +
                                      std::to_string(qwen.decoder.vocabulary) + " tokens");
  }
  if (qwen.vision.features != qwen.decoder.width) {
    config.fail("vision_config", "makes features of width " + std::to_string(qwen.vision.features) +
                                     ", but the decoder's hidden_size is " + std::to_string(qwen.decoder.width));
  }
  return qwen;
}

}  // namespace medvlm::qwen_vl
