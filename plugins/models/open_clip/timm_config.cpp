// vision_cfg of a timm trunk: the sizes follow from its name, or else from its tensors.
#include <array>
#include <charconv>
#include <cmath>
#include <regex>

#include "config_parts.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::open_clip {
namespace {

using sdk::HfConfig;

constexpr double kEpsilon = 1e-6;
const std::string kTrunk = "visual.trunk.";

/// timm.models.vision_transformer: width, depth, heads, width of the MLP.
struct NamedSize {
  const char* name;
  std::int64_t width, layers, heads, hidden;
};
constexpr NamedSize kSizes[] = {
    {"tiny", 192, 12, 3, 768},      {"small", 384, 12, 6, 1536},   {"base", 768, 12, 12, 3072},
    {"large", 1024, 24, 16, 4096},  {"huge", 1280, 32, 16, 5120},  {"giant", 1408, 40, 16, 6144},
    {"gigantic", 1664, 48, 16, 8192}};

/// "vit_base_patch16_224", also with the name of its weights behind ("_in21k", ".augreg_in1k"); nothing for other names:
/// they may stand for other parts.
std::optional<VitConfig> vit_from_name(const std::string& name) {
  static const std::regex pattern(R"((?:vit|deit)_([a-z]+)_patch(\d{1,3})_(\d{1,4})(?:_in21k)?(?:\..*)?)");
  std::smatch match;
  if (!std::regex_match(name, match, pattern)) return std::nullopt;
  for (const NamedSize& size : kSizes) {
    if (match[1] != size.name) continue;
    VitConfig vit;
    vit.transformer = {size.width, size.hidden, size.heads, size.layers, kEpsilon, sdk::nn::Activation::gelu};
    vit.patch = std::stoi(match[2]);
    vit.image = {std::stoi(match[3]), std::stoi(match[3])};
    vit.pre_norm = false;
    return vit;
  }
  return std::nullopt;
}

std::int64_t count_blocks(const sdk::Checkpoint& weights) {
  std::int64_t count = 0;
  while (weights.has(kTrunk + "blocks." + std::to_string(count) + ".norm1.weight")) ++count;
  return count;
}

/// A plain vision transformer as its tensors describe it. Parts that are not known here are complained about when the
/// weights are loaded.
VitConfig vit_from_tensors(const HfConfig& vision, const std::string& name, const sdk::Checkpoint& weights) {
  for (const char* tensor : {"patch_embed.proj.weight", "blocks.0.mlp.fc1.weight", "cls_token"}) {
    if (weights.has(kTrunk + tensor)) continue;
    vision.fail("timm_model_name", "'" + name + "' is not one of the vision transformers whose sizes are known, and " +
                                       weights.path().string() + " has no " + kTrunk + tensor +
                                       ", so it is no plain vision transformer with a class token");
  }
  const auto patch = weights.info(kTrunk + "patch_embed.proj.weight").shape;
  const auto hidden = weights.info(kTrunk + "blocks.0.mlp.fc1.weight").shape;
  if (patch.size() != 4 || hidden.size() != 2) vision.fail("timm_model_name", "'" + name + "' is no vision transformer");
  VitConfig vit;
  const std::int64_t head_width = sdk::positive_integer(vision, "head_width", 64);
  const std::int64_t heads = patch[0] / head_width;
  vit.transformer = {patch[0], hidden[0], heads, count_blocks(weights), kEpsilon, sdk::nn::Activation::gelu};
  if (heads == 0 || patch[0] % heads != 0) {
    vision.fail("head_width", std::to_string(head_width) + " does not divide the trunk's " + std::to_string(patch[0]));
  }
  vit.patch = patch[3];
  vit.image = image_size(vision, "image_size", 224);
  vit.pre_norm = weights.has(kTrunk + "norm_pre.weight");
  vit.parts.in_bias = weights.has(kTrunk + "blocks.0.attn.qkv.bias");
  vit.parts.layer_scale = weights.has(kTrunk + "blocks.0.ls1.gamma");
  return vit;
}

TimmConfig read_head(const HfConfig& vision, const std::string& pool, VitConfig& vit) {
  using Head = TimmConfig::Head;
  TimmConfig timm;
  const std::string head = is_null(vision, "timm_proj") ? "" : vision.text("timm_proj", "linear");
  if (head == "linear") {
    timm.head = Head::linear;
  } else if (head == "mlp") {
    timm.head = Head::mlp;
  } else if (head == "" || head == "none") {
    timm.head = head == "" ? Head::classifier : Head::none;
    if (pool.empty()) vision.fail("timm_pool", "must be token or avg where timm_proj is empty");
    vit.norm_after_pool = pool == "avg";  // timm then builds its trunk with the norm behind the pooling
  } else {
    vision.fail("timm_proj", "expected linear, mlp, none or nothing; found '" + head + "'");
  }
  timm.head_bias = vision.flag("timm_proj_bias", false);
  return timm;
}

}  // namespace

VisionConfig read_timm_vision(const HfConfig& vision, const sdk::Checkpoint* weights) {
  const std::string name = vision.text("timm_model_name");
  std::optional<VitConfig> vit = vit_from_name(name);
  if (!vit && !weights) {
    vision.fail("timm_model_name", "'" + name + "' does not say its sizes, and there are no weights to tell");
  }
  if (!vit) vit = vit_from_tensors(vision, name, *weights);
  const sdk::ImageSize image = image_size(vision, "image_size", 224);
  if (image.width != vit->image.width || image.height != vit->image.height) {
    vision.fail("image_size", "is not that of timm's '" + name + "', " + std::to_string(vit->image.width));
  }
  if (vit->patch < 1 || vit->patch > std::min(image.width, image.height)) {
    vision.fail("timm_model_name", "'" + name + "' has patches larger than image_size");
  }
  const std::string pool = is_null(vision, "timm_pool") ? "" : vision.text("timm_pool", "avg");
  if (pool != "" && pool != "token" && pool != "avg") {
    vision.fail("timm_pool", "expected token, avg or nothing (the class token); found '" + pool + "'");
  }
  vit->pool = pool == "avg" ? VitConfig::Pool::average : VitConfig::Pool::token;
  TimmConfig timm = read_head(vision, pool, *vit);
  timm.patch_bias = !vit->pre_norm;  // timm leaves it out where a norm follows
  return {*vit, timm};
}

}  // namespace medvlm::open_clip
