// Checkpoints that make no Gemma 3 are refused with the file, the key and a cure.
#include <functional>

#include "gemma3_goldens.hpp"

using namespace medvlm;
using nlohmann::json;

namespace {

std::filesystem::path golden_checkpoint() { return test::gemma3_goldens().front() / "checkpoint"; }

void check_refused(const std::function<void()>& action, ErrorCode code, std::initializer_list<const char*> parts) {
  try {
    action();
    FAIL("it was accepted");
  } catch (const Error& error) {
    CHECK(error.code() == code);
    const std::string text = error.what();
    for (const char* part : parts) CHECK_MESSAGE(text.find(part) != std::string::npos, text);
  }
}

void check_key(const char* table, const char* key, const json& value, const char* part = nullptr) {
  CAPTURE(std::string(key));
  const auto copy = test::changed_checkpoint(golden_checkpoint(), "config.json", [&](json& config) {
    (*table ? config[table] : config)[key] = value;
  });
  check_refused([&] { test::gemma3_model(copy->path()); }, ErrorCode::checkpoint, {"config.json", part ? part : key});
}

}  // namespace

TEST_CASE("a config that makes no model is refused with its key") {
  if (!test::goldens_present("generative")) return;
  check_key("", "model_type", "gemma3_text", "medvlm list models");
  check_key("", "mm_tokens_per_image", 7);
  check_key("", "mm_tokens_per_image", 10000);
  check_key("", "image_token_index", 1 << 20);
  check_key("text_config", "num_key_value_heads", 1000);
  check_key("text_config", "query_pre_attn_scalar", 0);
  check_key("text_config", "sliding_window_pattern", 0);
  check_key("text_config", "layer_types", json::array({"full_attention"}));
  check_key("text_config", "layer_types", json::array({"chunked_attention"}));
  check_key("text_config", "rope_scaling", {{"rope_type", "linear"}, {"factor", -2}}, "rope_scaling.factor");
  check_key("text_config", "rope_scaling", {{"rope_type", "dynamic"}, {"factor", 2}}, "rope_scaling.rope_type");
  check_key("text_config", "attention_bias", true);
  check_key("text_config", "final_logit_softcapping", 30.0);
  check_key("text_config", "hidden_activation", "mish");
}

TEST_CASE("weights that do not fit are named all at once") {
  if (!test::goldens_present("generative")) return;
  const auto copy = test::changed_checkpoint(golden_checkpoint(), "config.json", [](json& config) {
    config["text_config"]["intermediate_size"] = 7;
    config["tie_word_embeddings"] = false;
  });
  const auto model = test::gemma3_model(copy->path());
  check_refused([&] { model->load(at::kCPU, at::kFloat); }, ErrorCode::checkpoint,
                {"language_model.model.layers.0.mlp.up_proj.weight", "language_model.lm_head.weight"});
}

TEST_CASE("a tokenizer of another checkpoint is refused") {
  if (!test::goldens_present("generative")) return;
  const auto copy = test::changed_checkpoint(golden_checkpoint(), "config.json",
                                             [](json& config) { config["image_token_index"] = 5; });
  check_refused([&] { test::gemma3_model(copy->path()); }, ErrorCode::checkpoint,
                {"tokenizer.json", "<image_soft_token>", "different checkpoints"});
}

TEST_CASE("a processor that makes other sizes than the tower takes is refused") {
  if (!test::goldens_present("generative")) return;
  const auto copy = test::changed_checkpoint(golden_checkpoint(), "preprocessor_config.json", [](json& config) {
    config["size"] = {{"height", 20}, {"width", 20}};
  });
  const auto model = test::gemma3_model(copy->path());
  check_refused([&] { model->preprocess(Image{2, 2, std::vector<std::uint8_t>(12)}); }, ErrorCode::checkpoint,
                {"preprocessor_config.json", "20x20"});
}

TEST_CASE("a template without its places is refused") {
  if (!test::goldens_present("generative")) return;
  const Value::Table options{{"template", Value("{question}")}};
  check_refused([&] { test::gemma3_model(golden_checkpoint(), options); }, ErrorCode::config, {"template", "{image}"});
}
