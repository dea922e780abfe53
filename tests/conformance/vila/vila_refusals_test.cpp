// Checkpoints and options that make no VILA are refused with the file, the key and a cure.
#include <doctest/doctest.h>

#include <ATen/ATen.h>

#include "vila_goldens.hpp"

using namespace medvlm;
using nlohmann::json;
using test::check_refused;
using test::VilaCopy;
using test::vila_goldens;
using test::vila_goldens_present;
using test::vila_model;

namespace {

/// With this value of a key the checkpoint is refused, and the error names `file`, `key` and `part`.
void check_key(const char* file, const char* key, const json& value, const char* part = "") {
  CAPTURE(key);
  CAPTURE(value.dump());
  const VilaCopy copy(vila_goldens().front());
  copy.change(file, [&](json& config) { config[key] = value; });
  check_refused([&] { vila_model(copy.path()); }, ErrorCode::checkpoint, {file, key, part});
}

}  // namespace

TEST_CASE("a config that makes no model is refused with its key") {
  if (!vila_goldens_present()) return;
  check_key("config.json", "model_type", "llava", "medvlm list models");
  check_key("config.json", "model_type", nullptr, "llava_llama");
  check_key("config.json", "mm_vision_select_layer", -9);
  check_key("config.json", "mm_vision_select_feature", "patch", "cls_patch");
  check_key("config.json", "mm_use_im_start_end", true);
  check_key("config.json", "vision_resolution", 1024);
  check_key("vision_tower/config.json", "model_type", "intern_vit_6b");
  check_key("vision_tower/config.json", "num_channels", 1);
  check_key("mm_projector/config.json", "mm_projector_type", "mlp2x_gelu", "mlp_downsample");
  check_key("mm_projector/config.json", "mm_projector_type", nullptr);
  check_key("llm/config.json", "model_type", "qwen2", "llama");
  check_key("llm/config.json", "attention_bias", true);
  check_key("llm/config.json", "num_attention_heads", 7);
}

TEST_CASE("tiles and several scales are refused as what they are") {
  if (!vila_goldens_present()) return;
  check_key("config.json", "image_aspect_ratio", "dynamic", "tiles");
  check_key("config.json", "image_aspect_ratio", "dynamic_s2", "tiles");
  check_key("config.json", "image_aspect_ratio", "anyres", "resize");
  check_key("config.json", "s2", true, "scales");
  check_key("config.json", "dynamic_s2", true, "scales");
}

TEST_CASE("a checkpoint without one of its folders is refused with the layout") {
  if (!vila_goldens_present()) return;
  for (const char* folder : {"llm", "vision_tower", "mm_projector"}) {
    const VilaCopy copy(vila_goldens().front());
    test::fs::remove_all(copy.path() / folder);
    check_refused([&] { vila_model(copy.path()); }, ErrorCode::checkpoint, {folder, "llava"});
  }
}

TEST_CASE("weights that do not fit are named") {
  if (!vila_goldens_present()) return;
  const VilaCopy copy(vila_goldens().front());
  copy.change("llm/config.json", [](json& config) { config["intermediate_size"] = 7; });
  const auto model = vila_model(copy.path());
  check_refused([&] { model->load(at::kCPU, at::kFloat); }, ErrorCode::checkpoint,
                {"model.layers.0.mlp.gate_proj.weight", "model.layers.1.mlp.down_proj.weight"});
  copy.change("llm/config.json", [](json& config) { config["hidden_size"] = config["hidden_size"].get<int>() * 2; });
  const auto projector = vila_model(copy.path());
  check_refused([&] { projector->load(at::kCPU, at::kFloat); }, ErrorCode::checkpoint, {"layers.2.weight"});
}

TEST_CASE("a missing shard is named") {
  if (!vila_goldens_present()) return;
  const VilaCopy copy(vila_goldens().front());
  std::string shard;
  for (const auto& entry : test::fs::directory_iterator(copy.path() / "llm")) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("model-00002-of-")) shard = name;
  }
  REQUIRE_FALSE(shard.empty());
  test::fs::remove(copy.path() / "llm" / shard);
  check_refused([&] { vila_model(copy.path()); }, ErrorCode::checkpoint, {shard.c_str()});
}

TEST_CASE("a processor that makes other sizes than the tower takes is refused") {
  if (!vila_goldens_present()) return;
  const VilaCopy copy(vila_goldens().front());
  copy.change("config.json", [](json& config) { config["image_aspect_ratio"] = "square"; });
  copy.change("vision_tower/preprocessor_config.json",
              [](json& config) { config["size"] = {{"height", 20}, {"width", 20}}; });
  const auto model = vila_model(copy.path());
  model->load(at::kCPU, at::kFloat);
  const ProcessedImage image = model->preprocess(Image{2, 2, std::vector<std::uint8_t>(12)});
  check_refused([&] { model->encode_image(image); }, ErrorCode::checkpoint, {"preprocessor_config.json", "20x20"});
}

TEST_CASE("a tokenizer of another checkpoint is refused") {
  if (!vila_goldens_present()) return;
  const VilaCopy copy(vila_goldens().front());
  copy.change("llm/config.json", [](json& config) { config["vocab_size"] = 300; });
  check_refused([&] { vila_model(copy.path()); }, ErrorCode::checkpoint, {"tokenizer.json", "300"});
}
