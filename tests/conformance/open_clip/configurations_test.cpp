// Configurations: the size of published models without their weights, defaults, and what is refused.
#include "open_clip_goldens.hpp"

#include <ATen/ATen.h>

#include "medvlm/base/files.hpp"

namespace {

using namespace medvlm;
using nlohmann::json;
using test::fs::path;

constexpr const char* kBert = "microsoft/BiomedNLP-BiomedBERT-base-uncased-abstract";

json biomedclip_config() {
  return {{"model_cfg",
           {{"embed_dim", 512},
            {"vision_cfg",
             {{"timm_model_name", "vit_base_patch16_224"}, {"timm_model_pretrained", false}, {"timm_pool", ""},
              {"timm_proj", "linear"}, {"image_size", 224}}},
            {"text_cfg",
             {{"hf_model_name", kBert}, {"hf_tokenizer_name", kBert}, {"hf_proj_type", "mlp"},
              {"hf_pooler_type", "cls_last_hidden_state_pooler"}, {"context_length", 256}}}}}};
}

json bert_config() {
  return {{"model_type", "bert"}, {"vocab_size", 30522}, {"hidden_size", 768}, {"num_hidden_layers", 12},
          {"num_attention_heads", 12}, {"intermediate_size", 3072}, {"max_position_embeddings", 512},
          {"type_vocab_size", 2}};
}

json laion_config() {
  return {{"model_cfg",
           {{"embed_dim", 512},
            {"vision_cfg", {{"image_size", 224}, {"layers", 12}, {"width", 768}, {"patch_size", 32}}},
            {"text_cfg",
             {{"context_length", 77}, {"vocab_size", 49408}, {"width", 512}, {"heads", 8}, {"layers", 12}}}}}};
}

class ConfigFolder {
 public:
  explicit ConfigFolder(const json& config) {
    write_file_atomically(folder_.path() / "open_clip_config.json", config.dump());
    test::fs::create_directories(folder_.path() / kBert);
    write_file_atomically(folder_.path() / kBert / "config.json", bert_config().dump());
  }
  open_clip::OpenClipConfig read() const { return open_clip::read_open_clip_config(folder_.path(), nullptr); }

 private:
  test::TemporaryFolder folder_;
};

open_clip::OpenClipConfig read(const json& config) { return ConfigFolder(config).read(); }

std::int64_t count(const json& config) { return open_clip::Architecture(read(config)).parameters.count(); }

/// The message with which the configuration is refused.
std::string refusal(const json& config) {
  try {
    read(config);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::checkpoint);
    return error.what();
  }
  return "accepted";
}

json with(json config, const std::string& pointer, const json& value) {
  config[json::json_pointer(pointer)] = value;
  return config;
}

}  // namespace

TEST_CASE("the published BiomedCLIP has 195.90 million parameters") { CHECK(count(biomedclip_config()) == 195'902'721); }

TEST_CASE("LAION's CLIP ViT-B/32 has the 151,277,313 parameters of OpenAI's") {
  CHECK(count(laion_config()) == 151'277'313);
}

TEST_CASE("sizes of timm's vision transformers follow from their names") {
  const auto vit = [](const std::string& name, int size) {
    auto config = with(biomedclip_config(), "/model_cfg/vision_cfg/timm_model_name", name);
    return read(with(config, "/model_cfg/vision_cfg/image_size", size)).vision.vit;
  };
  CHECK(vit("vit_tiny_patch16_224", 224).transformer.heads == 3);
  CHECK(vit("vit_small_patch32_384.augreg_in21k", 384).transformer.width == 384);
  CHECK(vit("vit_base_patch8_224", 224).tokens() == 28 * 28 + 1);
  CHECK(vit("vit_large_patch14_336", 336).transformer.layers == 24);
  CHECK(vit("vit_huge_patch14_224_in21k", 224).transformer.heads == 16);
  CHECK(vit("vit_giant_patch14_224", 224).transformer.hidden == 6144);
  CHECK(vit("deit_base_patch16_384", 384).transformer.epsilon == 1e-6);
}

TEST_CASE("what a configuration leaves out has open_clip's defaults") {
  const json nothing = json::object();
  const auto config = read({{"model_cfg", {{"embed_dim", 512}, {"vision_cfg", nothing}, {"text_cfg", nothing}}}});
  CHECK(config.vision.vit.transformer.width == 768);
  CHECK(config.vision.vit.transformer.heads == 12);
  CHECK(config.vision.vit.patch == 16);
  CHECK(config.vision.vit.transformer.activation == sdk::nn::Activation::gelu);
  CHECK(config.text.context == 77);
  CHECK(config.text.clip.transformer.width == 512);
  CHECK(config.preprocessing.filter == sdk::Filter::bicubic);
  CHECK(config.preprocessing.normalize->mean[0] == 0.48145466);
  CHECK_FALSE(config.logit_bias);
}

TEST_CASE("flags of a configuration are heard") {
  json config = with(laion_config(), "/model_cfg/quick_gelu", true);
  config = with(with(config, "/model_cfg/init_logit_bias", -10), "/model_cfg/text_cfg/norm_kwargs", {{"eps", 1e-6}});
  config = with(with(config, "/model_cfg/custom_text", true), "/model_cfg/text_cfg/no_causal_mask", true);
  const auto read_config = read(config);
  CHECK(read_config.vision.vit.transformer.activation == sdk::nn::Activation::quick_gelu);
  CHECK(read_config.text.clip.transformer.epsilon == 1e-6);
  CHECK(read_config.text.clip.prefix == "text.");
  CHECK_FALSE(read_config.text.clip.causal);
  CHECK(read_config.logit_bias);
}

TEST_CASE("what the plugin does not have is refused by file and key") {
  const std::vector<std::pair<std::string, json>> refused{
      {"vision_cfg.layers", with(laion_config(), "/model_cfg/vision_cfg/layers", {3, 4, 6, 3})},
      {"vision_cfg.head_width", with(laion_config(), "/model_cfg/vision_cfg/head_width", 1000)},
      {"vision_cfg.attentional_pool", with(laion_config(), "/model_cfg/vision_cfg/attentional_pool", true)},
      {"vision_cfg.patch_size", with(laion_config(), "/model_cfg/vision_cfg/patch_size", 300)},
      {"vision_cfg.pool_type", with(laion_config(), "/model_cfg/vision_cfg/pool_type", "none")},
      {"vision_cfg.image_size", with(laion_config(), "/model_cfg/vision_cfg/image_size", -1)},
      {"vision_cfg.image_size", with(biomedclip_config(), "/model_cfg/vision_cfg/image_size", 384)},
      {"vision_cfg.timm_pool", with(biomedclip_config(), "/model_cfg/vision_cfg/timm_pool", "map")},
      {"vision_cfg.timm_proj", with(biomedclip_config(), "/model_cfg/vision_cfg/timm_proj", "attention")},
      {"vision_cfg.timm_model_name", with(biomedclip_config(), "/model_cfg/vision_cfg/timm_model_name", "convnext_base")},
      {"text_cfg.heads", with(laion_config(), "/model_cfg/text_cfg/heads", 7)},
      {"text_cfg.pool_type", with(laion_config(), "/model_cfg/text_cfg/pool_type", "middle")},
      {"text_cfg.embed_cls", with(laion_config(), "/model_cfg/text_cfg/embed_cls", true)},
      {"text_cfg.context_length", with(biomedclip_config(), "/model_cfg/text_cfg/context_length", 1000)},
      {"text_cfg.hf_pooler_type", with(biomedclip_config(), "/model_cfg/text_cfg/hf_pooler_type", "max_pooler")},
      {"text_cfg.hf_proj_type", with(biomedclip_config(), "/model_cfg/text_cfg/hf_proj_type", "deep")},
      {"text_cfg.hf_model_name", with(biomedclip_config(), "/model_cfg/text_cfg/hf_model_name", "some/other")},
      {"text_cfg.hf_model_name", with(biomedclip_config(), "/model_cfg/text_cfg/hf_model_name", "../outside")},
      {"text_cfg.tokenizer_kwargs.clean", with(laion_config(), "/model_cfg/text_cfg/tokenizer_kwargs", {{"clean", "no"}})},
      {"preprocess_cfg.resize_mode", with(laion_config(), "/preprocess_cfg", {{"resize_mode", "crop"}})},
      {"preprocess_cfg.mean", with(laion_config(), "/preprocess_cfg", {{"mean", {0.5, 0.5}}})},
      {"model_cfg.multimodal_cfg", with(laion_config(), "/model_cfg/multimodal_cfg", json::object())},
      {"model_cfg.embed_dim", with(laion_config(), "/model_cfg/embed_dim", 0)},
  };
  for (const auto& [place, config] : refused) {
    const std::string message = refusal(config);
    CHECK_MESSAGE(message.find("open_clip_config.json: ") != std::string::npos, message);
    CHECK_MESSAGE(message.find(place) != std::string::npos, place << ": " << message);
  }
}
