// vision_cfg of open_clip's own transformer, and preprocess_cfg.
#include <cmath>

#include "config_parts.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::open_clip {

using sdk::HfConfig;

VisionConfig read_vision(const HfConfig& vision, bool quick_gelu, const sdk::Checkpoint* weights) {
  if (vision.has("timm_model_name")) return read_timm_vision(vision, weights);
  if (vision.type_of("layers") == "list") {
    vision.fail("layers", "describes a ResNet; this plugin has vision transformers only");
  }
  refuse_flags(vision, {"attentional_pool", "block_type", "qk_norm", "scaled_cosine_attn", "scale_heads", "scale_attn_inner",
                        "scale_attn", "scale_fc"});
  VitConfig vit;
  vit.transformer.width = sdk::positive_integer(vision, "width", 768);
  vit.transformer.layers = sdk::positive_integer(vision, "layers", 12);
  vit.transformer.hidden = hidden_width(vision, vit.transformer.width);
  vit.transformer.heads = vit.transformer.width / sdk::positive_integer(vision, "head_width", 64);
  if (vit.transformer.heads == 0 || vit.transformer.width % vit.transformer.heads != 0) {
    vision.fail("head_width", "gives " + std::to_string(vit.transformer.heads) + " heads, which do not divide the width");
  }
  read_norm_and_activation(vision, quick_gelu, vit.transformer);
  vit.parts.layer_scale = vision.has("ls_init_value");
  vit.image = image_size(vision, "image_size", 224);
  const sdk::ImageSize patch = image_size(vision, "patch_size", 16);
  if (patch.width != patch.height) vision.fail("patch_size", "must be square");
  vit.patch = patch.width;
  if (vit.patch > vit.image.width || vit.patch > vit.image.height) vision.fail("patch_size", "is larger than image_size");
  vit.pre_norm = !vision.flag("no_ln_pre", false);
  vit.norm_after_pool = vision.flag("final_ln_after_pool", false);
  const std::string pool = vision.text("pool_type", "tok");
  if (pool != "tok" && pool != "avg") vision.fail("pool_type", "expected tok or avg, found '" + pool + "'");
  vit.pool = pool == "tok" ? VitConfig::Pool::token : VitConfig::Pool::average;
  return {vit, std::nullopt};
}

namespace {

void read_channels(const HfConfig& config, const char* key, std::array<double, 3>& out) {
  if (!config.has(key)) return;
  if (config.type_of(key) != "list") return out.fill(config.number(key));
  const std::vector<double> values = config.numbers(key);
  if (values.size() != 3) config.fail(key, "expected three numbers");
  std::copy(values.begin(), values.end(), out.begin());
}

std::string choice(const HfConfig& config, const char* key, std::initializer_list<const char*> known) {
  const std::string value = config.text(key, *known.begin());
  std::string names;
  for (const char* name : known) {
    if (value == name) return value;
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  config.fail(key, "expected one of " + names + "; found '" + value + "'");
}

}  // namespace

sdk::ProcessorConfig read_preprocessing(const HfConfig& config, const sdk::ImageSize& image) {
  using sdk::ProcessorConfig;
  choice(config, "mode", {"RGB"});
  const std::string mode = choice(config, "resize_mode", {"shortest", "longest", "squash"});
  // "random" concerns training; pictures to be evaluated are resized with the default.
  const std::string interpolation = choice(config, "interpolation", {"bicubic", "bilinear", "random"});
  ProcessorConfig out;
  out.filter = interpolation == "bilinear" ? sdk::Filter::bilinear : sdk::Filter::bicubic;
  out.crop_rounding = ProcessorConfig::CropRounding::torchvision;
  out.crop = image;
  if (mode == "squash") {
    out.resize = ProcessorConfig::Target{0, image, ProcessorConfig::Fit::stretch};
    out.crop.reset();
  } else if (mode == "longest") {
    out.resize = ProcessorConfig::Target{0, image, ProcessorConfig::Fit::contain};
    const std::int64_t fill = config.integer("fill_color", 0);
    if (fill < 0 || fill > 255) config.fail("fill_color", "expected 0 to 255, found " + std::to_string(fill));
    out.fill = static_cast<std::uint8_t>(fill);
  } else if (image.width == image.height) {
    out.resize = ProcessorConfig::Target{image.width, {}, ProcessorConfig::Fit::stretch};
  } else {
    out.resize = ProcessorConfig::Target{0, image, ProcessorConfig::Fit::cover};
    out.filter = sdk::Filter::bicubic;  // open_clip does not hand the interpolation on here
  }
  read_channels(config, "mean", out.normalize->mean);
  read_channels(config, "std", out.normalize->std);
  return out;
}

}  // namespace medvlm::open_clip
