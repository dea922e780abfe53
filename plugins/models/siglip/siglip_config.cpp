#include "siglip_config.hpp"

#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::siglip {

using sdk::HfConfig;
using sdk::nn::Activation;

SiglipConfig read_siglip_config(const std::filesystem::path& file) {
  const HfConfig config = HfConfig::from_file(file);
  if (const std::string type = config.text("model_type", "siglip"); type != "siglip") {
    config.fail("model_type", "is '" + type + "', but this plugin loads 'siglip'; choose the plugin of that family");
  }
  const sdk::nn::TransformerShape base{768, 3072, 12, 12, 1e-6, Activation::gelu_tanh};
  SiglipConfig siglip;

  const HfConfig vision = config.object_or_empty("vision_config");
  siglip.vision.transformer = sdk::read_transformer_shape(vision, base);
  siglip.vision.image_size = sdk::positive_integer(vision, "image_size", 224);
  siglip.vision.patch_size = sdk::positive_integer(vision, "patch_size", 16);
  if (siglip.vision.patch_size > siglip.vision.image_size) vision.fail("patch_size", "is larger than image_size");
  if (vision.integer("num_channels", 3) != 3) vision.fail("num_channels", "must be 3");
  if (!vision.flag("vision_use_head", true)) {
    vision.fail("vision_use_head", "is false: without the pooling head there are no image embeddings");
  }

  const HfConfig text = config.object_or_empty("text_config");
  siglip.text.transformer = sdk::read_transformer_shape(text, base);
  siglip.text.vocabulary = sdk::positive_integer(text, "vocab_size", 32000);
  siglip.text.positions = sdk::positive_integer(text, "max_position_embeddings", 64);
  siglip.text.projection = sdk::positive_integer(text, "projection_size", siglip.text.transformer.width);
  if (siglip.text.projection != siglip.vision.transformer.width) {
    text.fail("projection_size", "is " + std::to_string(siglip.text.projection) +
                                     ", but images are embedded in the vision tower's width, " +
                                     std::to_string(siglip.vision.transformer.width));
  }
  return siglip;
}

}  // namespace medvlm::siglip
