#include "clip_config.hpp"

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/hf_config.hpp"

namespace medvlm::clip {
namespace {

using sdk::HfConfig;

/// A tower's settings: `text_config_dict`, which early files have beside `text_config`, wins where it is given.
class TowerConfig {
 public:
  TowerConfig(const HfConfig& config, const std::string& name)
      : main_(config.object_or_empty(name)), override_(config.object_or_empty(name + "_dict")) {}

  std::int64_t positive(const char* key, std::int64_t fallback) const {
    const HfConfig& source = from(key);
    const std::int64_t value = source.integer(key, fallback);
    if (value <= 0) source.fail(key, "must be positive, is " + std::to_string(value));
    return value;
  }
  std::int64_t integer(const char* key, std::int64_t fallback) const { return from(key).integer(key, fallback); }

  sdk::nn::TransformerShape transformer(const sdk::nn::TransformerShape& fallback) const {
    sdk::nn::TransformerShape shape;
    shape.width = positive("hidden_size", fallback.width);
    shape.hidden = positive("intermediate_size", fallback.hidden);
    shape.heads = positive("num_attention_heads", fallback.heads);
    shape.layers = positive("num_hidden_layers", fallback.layers);
    shape.epsilon = from("layer_norm_eps").number("layer_norm_eps", fallback.epsilon);
    if (shape.width % shape.heads != 0) {
      from("num_attention_heads").fail("num_attention_heads", "does not divide hidden_size");
    }
    const HfConfig& source = from("hidden_act");
    try {
      shape.activation = sdk::nn::activation_from_name(source.text("hidden_act", "quick_gelu"));
    } catch (const Error& error) {
      source.fail("hidden_act", error.message());
    }
    return shape;
  }

  void fail(const char* key, const std::string& complaint) const { from(key).fail(key, complaint); }

 private:
  const HfConfig& from(const char* key) const { return override_.has(key) ? override_ : main_; }
  HfConfig main_, override_;
};

}  // namespace

ClipConfig read_clip_config(const std::filesystem::path& file) {
  const HfConfig config = HfConfig::from_file(file);
  if (const std::string type = config.text("model_type", "clip"); type != "clip") {
    config.fail("model_type", "is '" + type + "', but this plugin loads 'clip'; choose the plugin of that family");
  }
  ClipConfig clip;
  clip.projection = config.integer("projection_dim", 512);
  if (clip.projection <= 0) config.fail("projection_dim", "must be positive");

  const TowerConfig vision(config, "vision_config");
  clip.vision.transformer = vision.transformer({768, 3072, 12, 12, 1e-5, {}});
  clip.vision.image_size = vision.positive("image_size", 224);
  clip.vision.patch_size = vision.positive("patch_size", 32);
  clip.vision.channels = vision.positive("num_channels", 3);
  if (clip.vision.patch_size > clip.vision.image_size) vision.fail("patch_size", "is larger than image_size");
  if (clip.vision.channels != 3) vision.fail("num_channels", "must be 3");

  const TowerConfig text(config, "text_config");
  clip.text.transformer = text.transformer({512, 2048, 8, 12, 1e-5, {}});
  clip.text.vocabulary = text.positive("vocab_size", 49408);
  clip.text.positions = text.positive("max_position_embeddings", 77);
  clip.text.eos_token = text.integer("eos_token_id", 49407);
  return clip;
}

}  // namespace medvlm::clip
