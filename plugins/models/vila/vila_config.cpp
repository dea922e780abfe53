#include "vila_config.hpp"

#include <algorithm>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::vila {

namespace fs = std::filesystem;
using sdk::HfConfig;

namespace {

fs::path part_folder(const fs::path& checkpoint, const char* name) {
  if (fs::is_directory(checkpoint / name)) return checkpoint / name;
  throw Error(ErrorCode::checkpoint,
              "'" + (checkpoint / name).string() + "' is missing: a VILA checkpoint has the folders llm, " +
                  "vision_tower and mm_projector beside its config.json. If this is another model's checkpoint, " +
                  "`medvlm list models` shows the plugin of each family (LLaVA's is llava)");
}

void require_type(const HfConfig& config, const std::string& wanted, const std::string& cure) {
  if (const std::string type = config.text("model_type", "nothing"); type != wanted) {
    config.fail("model_type", "is '" + type + "', but this plugin loads '" + wanted + "'; " + cure);
  }
}

void refuse_flag(const HfConfig& config, const char* key, const char* reason) {
  if (config.flag(key, false)) config.fail(key, std::string("is true, which is not supported: ") + reason);
}

Shaping read_shaping(const HfConfig& config) {
  refuse_flag(config, "s2", "features of several scales; use a checkpoint that was trained without S2");
  refuse_flag(config, "dynamic_s2", "features of several scales; use a checkpoint that was trained without S2");
  const std::string ratio = config.text("image_aspect_ratio", "square");
  if (ratio == "resize") return Shaping::resize;
  if (ratio == "pad") return Shaping::pad;
  if (ratio == "square") return Shaping::processor;
  const bool tiles = ratio.starts_with("dynamic");
  config.fail("image_aspect_ratio",
              "is '" + ratio + "'" + (tiles ? ", pictures cut into tiles (NVILA), which is not supported" : "") +
                  "; supported are resize (VILA-1.5, VILA-M3), pad and square");
}

void refuse_unknown_features(const HfConfig& config) {
  refuse_flag(config, "mm_use_im_start_end", "tokens around the image");
  if (config.text("mm_vision_select_feature", "cls_patch") != "cls_patch") {
    config.fail("mm_vision_select_feature", "must be 'cls_patch': SigLIP has no class token that could be left out");
  }
}

sdk::nn::VisionTowerShape read_tower(const HfConfig& whole, const fs::path& folder) {
  const HfConfig config = HfConfig::from_file(folder / "config.json");
  require_type(config, "siglip_vision_model", "other vision towers are not supported");
  const auto shape = sdk::nn::read_siglip_vision(config);
  if (shape.channels != 3) config.fail("num_channels", "must be 3");
  const std::int64_t resolution = whole.integer("vision_resolution", -1);
  if (resolution != -1 && resolution != shape.image_size) {
    whole.fail("vision_resolution", "is " + std::to_string(resolution) + ", but the tower was saved for " +
                                        std::to_string(shape.image_size) + "; resizing its positions is not supported");
  }
  const char* const layer = "mm_vision_select_layer";
  return sdk::nn::with_feature_layer(shape, whole.integer(layer, -2), whole, layer);
}

void check_projector(const fs::path& folder) {
  const HfConfig config = HfConfig::from_file(folder / "config.json");
  const std::string type = config.text("mm_projector_type");
  if (type == "mlp_downsample" || type == "mlp_downsample_2x2_fix") return;
  config.fail("mm_projector_type", "is '" + type + "'; supported are mlp_downsample and mlp_downsample_2x2_fix");
}

/// The longest prompt with its answer: VILA cuts at the tokenizer's limit.
std::int64_t shorter_context(const fs::path& language, std::int64_t context) {
  const fs::path file = language / "tokenizer_config.json";
  if (!fs::exists(file)) return context;
  const HfConfig config = HfConfig::from_file(file);
  // "No limit" is written as 1e30.
  const double limit = config.number("model_max_length", 0);
  if (limit < 1 || limit > 1e9) return context;
  const auto tokens = static_cast<std::int64_t>(limit);
  return context > 0 ? std::min(context, tokens) : tokens;
}

sdk::language::DecoderShape read_decoder(const fs::path& folder) {
  const HfConfig config = HfConfig::from_file(folder / "config.json");
  require_type(config, "llama", "other language models are not supported");
  refuse_flag(config, "attention_bias", "Llama's attention has no biases");
  refuse_flag(config, "mlp_bias", "Llama's MLP has no biases");
  auto shape = sdk::language::read_decoder_shape(config, sdk::language::llama_defaults());
  shape.context = shorter_context(folder, shape.context);
  return shape;
}

}  // namespace

VilaConfig read_vila_config(const fs::path& folder) {
  const HfConfig config = HfConfig::from_file(folder / "config.json");
  require_type(config, "llava_llama", "`medvlm list models` shows the plugin of each family");
  VilaConfig vila;
  vila.language = part_folder(folder, "llm");
  vila.vision = part_folder(folder, "vision_tower");
  vila.projector = part_folder(folder, "mm_projector");
  vila.shaping = read_shaping(config);
  refuse_unknown_features(config);
  vila.tower = read_tower(config, vila.vision);
  check_projector(vila.projector);
  vila.decoder = read_decoder(vila.language);
  vila.bundled_template = config.text("chat_template", "");
  return vila;
}

}  // namespace medvlm::vila
