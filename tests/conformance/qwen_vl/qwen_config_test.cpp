// config.json of this family: published sizes, the layouts that versions of the library save, and what is refused.
#include <nlohmann/json.hpp>

#include "golden_tensors.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "qwen_config.hpp"
#include "qwen_vision.hpp"
#include "temporary_folder.hpp"

using namespace medvlm;
using nlohmann::json;
using qwen_vl::QwenConfig;

namespace {

/// Qwen/Qwen2-VL-7B-Instruct.
json published_first() {
  return json::parse(R"({"model_type": "qwen2_vl", "hidden_size": 3584, "intermediate_size": 18944,
    "num_attention_heads": 28, "num_hidden_layers": 28, "num_key_value_heads": 4, "rms_norm_eps": 1e-06,
    "rope_theta": 1000000.0, "vocab_size": 152064, "max_position_embeddings": 32768, "tie_word_embeddings": false,
    "image_token_id": 151655, "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]},
    "vision_config": {"depth": 32, "embed_dim": 1280, "mlp_ratio": 4, "num_heads": 16, "in_chans": 3,
      "hidden_size": 3584, "patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2}})");
}

/// Qwen/Qwen2.5-VL-7B-Instruct.
json published_second() {
  json config = published_first();
  config["model_type"] = "qwen2_5_vl";
  config["max_position_embeddings"] = 128000;
  config["vision_config"] = json::parse(R"({"depth": 32, "hidden_act": "silu", "hidden_size": 1280,
    "intermediate_size": 3420, "num_heads": 16, "in_chans": 3, "out_hidden_size": 3584, "patch_size": 14,
    "spatial_merge_size": 2, "window_size": 112, "fullatt_block_indexes": [7, 15, 23, 31], "temporal_patch_size": 2})");
  return config;
}

QwenConfig read(const json& config) {
  const test::TemporaryFolder folder;
  write_file_atomically(folder.path() / "config.json", config.dump());
  return qwen_vl::read_qwen_config(folder.path() / "config.json");
}

std::int64_t parameters_of(const QwenConfig& config) {
  sdk::nn::ParameterList list;
  qwen_vl::VisionTower vision(config.vision);
  vision.declare(list, "visual");
  sdk::language::Decoder decoder(config.decoder);
  decoder.declare(list, "model", "lm_head");
  return list.count();
}

/// The decoder's keys moved into text_config.
json nested(json config) {
  json text = json::object();
  for (const auto& [key, value] : config.items()) {
    if (key != "vision_config" && key != "image_token_id" && key != "tie_word_embeddings") text[key] = value;
  }
  for (const auto& [key, value] : text.items()) {
    if (key != "model_type") config.erase(key);
  }
  text["model_type"] = config["model_type"].get<std::string>() + "_text";
  config["text_config"] = text;
  return config;
}

}  // namespace

TEST_CASE("the published configurations have the published numbers of parameters") {
  CHECK(parameters_of(read(published_first())) == 8'291'375'616);
  CHECK(parameters_of(read(published_second())) == 8'292'166'656);
  json small = published_first();  // Qwen/Qwen2-VL-2B-Instruct
  small.update({{"hidden_size", 1536}, {"intermediate_size", 8960}, {"num_attention_heads", 12},
                {"num_key_value_heads", 2}, {"vocab_size", 151936}, {"tie_word_embeddings", true}});
  small["vision_config"]["hidden_size"] = 1536;
  CHECK(parameters_of(read(small)) == 2'208'985'600);
}

TEST_CASE("a config without its vision defaults is the published one") {
  json config = published_second();
  config["vision_config"] = {{"hidden_size", 1280}, {"in_chans", 3}};
  const QwenConfig sparse = read(config);
  CHECK(parameters_of(sparse) == parameters_of(read(published_second())));
  CHECK(sparse.vision.window == 4);
  CHECK(sparse.vision.whole[7]);
  CHECK_FALSE(sparse.vision.whole[8]);
}

TEST_CASE("the layouts of newer versions of the library mean the same") {
  for (const json& plain : {published_first(), published_second()}) {
    const QwenConfig expected = read(plain);
    json newest = nested(plain);
    newest["text_config"]["rope_parameters"] = {
        {"rope_type", "default"}, {"rope_theta", 1e6}, {"mrope_section", {16, 24, 24}}};
    newest["text_config"].erase("rope_scaling");
    newest["text_config"].erase("rope_theta");
    for (const json& other : {nested(plain), newest}) {
      CAPTURE(other.dump());
      const QwenConfig found = read(other);
      CHECK(parameters_of(found) == parameters_of(expected));
      CHECK(found.decoder.rotary.theta == expected.decoder.rotary.theta);
      CHECK(found.decoder.rotary.sections == expected.decoder.rotary.sections);
      CHECK(found.decoder.context == expected.decoder.context);
    }
    json tied = nested(plain);
    tied["tie_word_embeddings"] = true;
    CHECK(read(tied).decoder.tied_head);
  }
}

TEST_CASE("a config that makes no model is refused with its key") {
  const auto refused = [](const json& changes, const char* key, json config = published_second()) {
    config.merge_patch(changes);
    try {
      read(config);
      FAIL(std::string(key) << " was accepted");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::checkpoint);
      CHECK_MESSAGE(std::string(error.what()).find(key) != std::string::npos, error.what());
    }
  };
  refused({{"model_type", "llava"}}, "medvlm list models");
  refused({{"use_sliding_window", true}}, "use_sliding_window");
  refused({{"rope_scaling", {{"mrope_section", nullptr}}}}, "mrope_section");
  refused({{"rope_scaling", {{"mrope_section", {16, 24, 25}}}}}, "mrope_section");
  refused({{"image_token_id", 152064}}, "image_token_id");
  refused({{"vision_config", {{"out_hidden_size", 1024}}}}, "hidden_size");
  refused({{"vision_config", {{"num_heads", 3}}}}, "num_heads");
  refused({{"vision_config", {{"in_chans", 1}}}}, "in_chans");
  refused({{"vision_config", {{"window_size", 27}}}}, "window_size");
  refused({{"vision_config", {{"hidden_act", "mish"}}}}, "hidden_act");
  refused({{"vision_config", {{"mlp_ratio", 0}}}}, "mlp_ratio", published_first());
}
