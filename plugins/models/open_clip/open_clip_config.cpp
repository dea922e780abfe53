#include "open_clip_config.hpp"

#include <algorithm>
#include <limits>

#include "config_parts.hpp"
#include "medvlm/base/error.hpp"

namespace medvlm::open_clip {

using sdk::HfConfig;

std::int64_t hidden_width(const HfConfig& tower, std::int64_t width) {
  const double hidden = static_cast<double>(width) * tower.number("mlp_ratio", 4.0);
  if (!(hidden >= 1 && hidden < 1e9)) tower.fail("mlp_ratio", "gives an MLP of " + std::to_string(hidden));
  return static_cast<std::int64_t>(hidden);
}

sdk::ImageSize image_size(const HfConfig& config, const char* key, int fallback) {
  std::vector<std::int64_t> sides;
  if (config.type_of(key) == "list") {
    sides = config.integers(key);
  } else {
    sides = {config.integer(key, fallback)};
  }
  if (sides.empty() || sides.size() > 2) config.fail(key, "expected one number or [height, width]");
  for (const std::int64_t side : sides) {
    if (side >= 1 && side <= std::numeric_limits<int>::max()) continue;
    config.fail(key, "must be positive, is " + std::to_string(side));
  }
  return {static_cast<int>(sides.back()), static_cast<int>(sides.front())};
}

void refuse_flags(const HfConfig& config, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    if (config.type_of(key) == "boolean" && !config.flag(key)) continue;
    if (config.has(key)) config.fail(key, "this plugin does not have that part; choose another checkpoint of the family");
  }
}

bool is_null(const HfConfig& config, const std::string& key) {
  const auto keys = config.keys();
  return !config.has(key) && std::find(keys.begin(), keys.end(), key) != keys.end();
}

void read_norm_and_activation(const HfConfig& tower, bool quick_gelu, sdk::nn::TransformerShape& shape) {
  const HfConfig norm = tower.object_or_empty("norm_kwargs");
  for (const std::string& key : norm.keys()) {
    if (key != "eps") norm.fail(key, "is not supported; only eps is");
  }
  shape.epsilon = norm.number("eps", 1e-5);
  const HfConfig act = tower.object_or_empty("act_kwargs");
  for (const std::string& key : act.keys()) {
    if (key != "approximate" || quick_gelu) act.fail(key, "is not supported; only approximate of gelu is");
  }
  const std::string approximate = act.text("approximate", "none");
  if (approximate != "none" && approximate != "tanh") act.fail("approximate", "expected none or tanh");
  shape.activation = quick_gelu               ? sdk::nn::Activation::quick_gelu
                     : approximate == "tanh" ? sdk::nn::Activation::gelu_tanh
                                             : sdk::nn::Activation::gelu;
}

OpenClipConfig read_open_clip_config(const std::filesystem::path& folder, const sdk::Checkpoint* weights) {
  const HfConfig file = HfConfig::from_file(folder / "open_clip_config.json");
  const HfConfig model = file.object("model_cfg");
  const HfConfig text = model.object("text_cfg");
  refuse_flags(model, {"multimodal_cfg"});
  OpenClipConfig config;
  config.embedding = model.integer("embed_dim");
  if (config.embedding <= 0) model.fail("embed_dim", "must be positive");
  const bool quick_gelu = model.flag("quick_gelu", false);
  config.vision = read_vision(model.object("vision_cfg"), quick_gelu, weights);
  config.text = read_text(text, folder, quick_gelu, model.flag("custom_text", false), config.embedding);
  config.tokenizer = read_tokenizer(text);
  config.preprocessing = read_preprocessing(file.object_or_empty("preprocess_cfg"), config.vision.vit.image);
  config.logit_bias = model.has("init_logit_bias");
  return config;
}

}  // namespace medvlm::open_clip
