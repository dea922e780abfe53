#include "blip2_config.hpp"

#include <algorithm>

#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::blip2 {
namespace {

using sdk::HfConfig;
using sdk::nn::Activation;

constexpr const char* kArchitecture = "Blip2ForImageTextRetrieval";

void check_kind(const HfConfig& config) {
  if (const std::string type = config.text("model_type", "blip-2"); type != "blip-2") {
    config.fail("model_type", "is '" + type + "', but this plugin loads 'blip-2'; choose the plugin of that family");
  }
  if (!config.has("architectures")) return;
  const auto names = config.texts("architectures");
  if (std::find(names.begin(), names.end(), kArchitecture) != names.end()) return;
  config.fail("architectures", std::string("does not name ") + kArchitecture + ": this plugin loads the checkpoints that " +
                                   "compare images with texts, such as Salesforce/blip2-itm-vit-g");
}

VisionConfig read_vision(const HfConfig& config) {
  VisionConfig vision;
  vision.transformer = sdk::read_transformer_shape(config, {1408, 6144, 16, 39, 1e-6, Activation::gelu});
  vision.image_size = sdk::positive_integer(config, "image_size", 224);
  vision.patch_size = sdk::positive_integer(config, "patch_size", 14);
  vision.qkv_bias = config.flag("qkv_bias", true);
  if (vision.patch_size > vision.image_size) config.fail("patch_size", "is larger than image_size");
  return vision;
}

QFormerConfig read_qformer(const HfConfig& config, const VisionConfig& vision) {
  QFormerConfig qformer;
  qformer.transformer = sdk::read_transformer_shape(config, {768, 3072, 12, 12, 1e-12, Activation::gelu});
  // The reference ignores encoder_hidden_size and takes the vision tower's width.
  qformer.image_width = vision.transformer.width;
  qformer.cross_attention = sdk::positive_integer(config, "cross_attention_frequency", 2);
  qformer.vocabulary = sdk::positive_integer(config, "vocab_size", 30522);
  qformer.positions = sdk::positive_integer(config, "max_position_embeddings", 512);
  if (const auto kind = config.text("position_embedding_type", "absolute"); kind != "absolute") {
    config.fail("position_embedding_type", "is '" + kind + "', but only 'absolute' is supported");
  }
  if (!config.flag("use_qformer_text_input", false)) {
    config.fail("use_qformer_text_input", "is not true: the Q-Former of this checkpoint takes no texts");
  }
  return qformer;
}

}  // namespace

Blip2Config read_blip2_config(const std::filesystem::path& file) {
  const HfConfig config = HfConfig::from_file(file);
  check_kind(config);
  Blip2Config blip2;
  blip2.vision = read_vision(config.object_or_empty("vision_config"));
  blip2.qformer = read_qformer(config.object_or_empty("qformer_config"), blip2.vision);
  blip2.qformer.queries = sdk::positive_integer(config, "num_query_tokens", 32);
  blip2.projection = sdk::positive_integer(config, "image_text_hidden_size", 256);
  return blip2;
}

}  // namespace medvlm::blip2
