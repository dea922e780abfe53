// Checkpoints and options that make no model: the error names file or key, what was found, and a cure.
#include <doctest/doctest.h>

#include "internvl_goldens.hpp"

using namespace medvlm;
using nlohmann::json;
namespace fs = std::filesystem;
using test::changed_internvl;
using test::internvl_model;
using test::own_internvl_golden;

namespace {

template <typename Make>
void check_error(ErrorCode code, const std::string& part, Make make) {
  CAPTURE(part);
  try {
    make();
    FAIL("it was accepted");
  } catch (const Error& error) {
    CHECK(error.code() == code);
    CHECK_MESSAGE(std::string(error.what()).find(part) != std::string::npos, error.what());
  }
}

/// `key` may be a path ("vision_config.patch_size"). The error names `part`.
void refused(bool original, const std::string& key, const json& value, const std::string& part,
             const char* file = "config.json") {
  const auto copy = changed_internvl(own_internvl_golden(original) / "checkpoint", file, [&](json& config) {
    const std::size_t dot = key.find('.');
    (dot == key.npos ? config[key] : config[key.substr(0, dot)][key.substr(dot + 1)]) = value;
  });
  check_error(ErrorCode::checkpoint, part, [&] { internvl_model(copy->path()); });
}

}  // namespace

TEST_CASE("a config of another family or of a part that is not supported is refused with its key") {
  for (const bool original : {true, false}) {
    refused(original, "model_type", "qwen2_vl", "medvlm list models");
    refused(original, original ? "llm_config.model_type" : "text_config.model_type", "internlm2", "qwen2");
    refused(original, original ? "llm_config.num_key_value_heads" : "text_config.num_key_value_heads", 3,
            "num_key_value_heads");
    refused(original, "vision_config.norm_type", "batch_norm", "norm_type");
    refused(original, "vision_config.num_attention_heads", 7, "num_attention_heads");
    refused(original, "vision_config.patch_size", json::array({14, 7}), "patch_size");
    refused(original, "vision_config.patch_size", 8, "patches a side");  // seven: an odd grid
    refused(original, "downsample_ratio", 0.3, "downsample_ratio");
  }
  refused(true, "ps_version", "v1", "ps_version");
  refused(true, "pad2square", true, "pad2square");
  refused(true, "select_layer", 9, "select_layer");
  refused(true, "template", "Hermes-2", "template");
  refused(true, "max_dynamic_patch", 100000, "max_dynamic_patch");
  refused(false, "vision_feature_select_strategy", "full", "vision_feature_select_strategy");
  refused(false, "vision_feature_layer", -9, "vision_feature_layer");
  refused(false, "projector_hidden_act", "mish", "projector_hidden_act");
  refused(false, "size", {{"height", 56}, {"width", 84}}, "square", "preprocessor_config.json");
  refused(false, "size", {{"height", 84}, {"width", 84}}, "image_seq_length", "preprocessor_config.json");
}

TEST_CASE("a tokenizer of another checkpoint is refused") {
  refused(false, "image_token_id", 5, "image_token_id");
  refused(true, "llm_config.vocab_size", 590, "vocab_size");
  const auto copy = changed_internvl(own_internvl_golden(false) / "checkpoint", "tokenizer_config.json",
                                     [](json& config) { config["start_image_token"] = "<picture>"; });
  check_error(ErrorCode::checkpoint, "<picture>", [&] { internvl_model(copy->path()); });
}

TEST_CASE("a template of the user's own makes up for an unknown conversation") {
  const auto copy = changed_internvl(own_internvl_golden(true) / "checkpoint", "config.json",
                                     [](json& config) { config["template"] = "Hermes-2"; });
  CHECK(internvl_model(copy->path(), {{"template", Value("{image}{question}")}})->info().parameters > 0);
  check_error(ErrorCode::config, "{image}",
              [&] { internvl_model(copy->path(), {{"template", Value("{question}")}}); });
}

TEST_CASE("weights that do not fit the config are named, all at once") {
  for (const bool original : {true, false}) {
    const auto copy = changed_internvl(own_internvl_golden(original) / "checkpoint", "config.json", [](json& config) {
      json& vision = config["vision_config"];
      vision["intermediate_size"] = vision["intermediate_size"].get<int>() + 1;
      vision[config["model_type"] == "internvl" ? "use_qk_norm" : "qk_normalization"] = true;
    });
    const auto model = internvl_model(copy->path());
    for (const char* part : {"mlp.fc1.weight", "mlp.fc2.weight", "q_norm.weight", "model.safetensors"}) {
      check_error(ErrorCode::checkpoint, part, [&] { model->load(at::kCPU, at::kFloat); });
    }
  }
}

TEST_CASE("a missing file is named") {
  for (const auto& [original, file] : {std::pair{true, "config.json"}, {false, "preprocessor_config.json"},
                                       {true, "merges.txt"}, {false, "model.safetensors"}}) {
    const test::TemporaryFolder copy;
    fs::copy(own_internvl_golden(original) / "checkpoint", copy.path(), fs::copy_options::recursive);
    fs::remove(copy.path() / file);
    const std::string part = std::string(file) == "merges.txt" ? "merges" : file;
    check_error(ErrorCode::checkpoint, part, [&] { internvl_model(copy.path()); });
  }
}
