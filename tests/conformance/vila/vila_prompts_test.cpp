// VILA's two conversations, templates and system texts of the user, and chat templates of other models.
#include <doctest/doctest.h>

#include <ATen/ATen.h>

#include "vila_goldens.hpp"

using namespace medvlm;
using nlohmann::json;
using sdk::language::kImagePlace;
using test::check_refused;
using test::VilaCopy;
using test::vila_goldens;
using test::vila_goldens_present;
using test::vila_model;

namespace {

/// The ids of a question, with a picture of two features.
std::vector<std::int64_t> ids_of(const vila::VilaModel& model, const std::string& question) {
  const at::Tensor features = at::zeros({2, model.decoder().shape().width});
  const auto prompt = model.prompt(question, ProcessedImage{}, features);
  REQUIRE(prompt.images.size() == 1);
  CHECK(prompt.ids[static_cast<std::size_t>(prompt.images[0].first)] == kImagePlace);
  CHECK(prompt.images[0].features.is_same(features));
  return prompt.ids;
}

/// What `text` with one "<image>" becomes; the tokenizer adds its start token.
std::vector<std::int64_t> ids_of_text(const vila::VilaModel& model, const std::string& text) {
  const std::size_t at = text.find("<image>");
  auto ids = model.tokenizer().encode(text.substr(0, at));
  ids.insert(ids.end(), 2, kImagePlace);
  const auto after = model.tokenizer().encode(text.substr(at + 7), false);
  ids.insert(ids.end(), after.begin(), after.end());
  return ids;
}

const std::string kUserTurn = "<|start_header_id|>user<|end_header_id|>\n\n<image>";
const std::string kAssistantTurn = "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n";

}  // namespace

TEST_CASE("the default prompt has two start tokens and no white space after the question") {
  if (!vila_goldens_present()) return;
  const auto model = vila_model(vila_goldens().front() / "checkpoint");
  const auto ids = ids_of(*model, "  Is it  large? \n\t");
  CHECK(ids == ids_of_text(*model, "<|begin_of_text|>" + kUserTurn + "  Is it  large?" + kAssistantTurn));
  const std::int64_t start = model->tokenizer().id("<|begin_of_text|>");
  CHECK(ids[0] == start);
  CHECK(ids[1] == start);
}

TEST_CASE("a question brings no image of its own") {
  if (!vila_goldens_present()) return;
  const auto model = vila_model(vila_goldens().front() / "checkpoint");
  CHECK(ids_of(*model, "<image>\n  Is it large?\n<image>") == ids_of(*model, "Is it large?"));
  CHECK(ids_of(*model, "<image>") == ids_of(*model, ""));
}

TEST_CASE("the system text is a turn of its own in either conversation") {
  if (!vila_goldens_present()) return;
  const auto checkpoint = vila_goldens().front() / "checkpoint";
  const std::string system = "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe {brief}.<|eot_id|>";
  for (const char* conversation : {"chat_template", "llama_3"}) {
    const auto model =
        vila_model(checkpoint, {{"conversation", Value(conversation)}, {"system", Value("Be {brief}.")}});
    CHECK(ids_of(*model, "Why?") == ids_of_text(*model, system + kUserTurn + "Why?" + kAssistantTurn));
  }
  const auto without = vila_model(checkpoint, {{"conversation", Value("llama_3")}, {"system", Value("")}});
  CHECK(ids_of(*without, "Why?") == ids_of_text(*without, "<|begin_of_text|>" + kUserTurn + "Why?" + kAssistantTurn));
}

TEST_CASE("a template of the user is taken as it is") {
  if (!vila_goldens_present()) return;
  const auto checkpoint = vila_goldens().front() / "checkpoint";
  const auto model = vila_model(checkpoint, {{"template", Value("{system} USER: {question}\n{image} ASSISTANT:")},
                                             {"system", Value("Look.")}});
  CHECK(ids_of(*model, "Why? ") == ids_of_text(*model, "Look. USER: Why?\n<image> ASSISTANT:"));
  check_refused([&] { vila_model(checkpoint, {{"template", Value("{question}")}}); }, ErrorCode::config, {"{image}"});
  check_refused([&] { vila_model(checkpoint, {{"template", Value("{image}{question}")}, {"system", Value("Look.")}}); },
                ErrorCode::config, {"{system}"});
}

TEST_CASE("a chat template that is not Llama 3's is refused unless there is another to take") {
  if (!vila_goldens_present()) return;
  const VilaCopy copy(vila_goldens().front());
  const auto with = [&](const json& chat_template) {
    copy.change("llm/tokenizer_config.json", [&](json& config) { config["chat_template"] = chat_template; });
    return vila_model(copy.path());
  };
  for (const json& other :
       {json("{% for m in messages %}[INST] {{ m['content'] }} [/INST]{% endfor %}"),
        json("<|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: {{ date_string }}<|eot_id|>"),
        json::array({{{"name", "default"}, {"template", "x"}}})}) {
    check_refused([&] { with(other); }, ErrorCode::checkpoint,
                  {"tokenizer_config.json", "chat_template", "`template`"});
    CHECK_NOTHROW(vila_model(copy.path(), {{"conversation", Value("llama_3")}}));
    CHECK_NOTHROW(vila_model(copy.path(), {{"template", Value("{image}{question}")}}));
  }
  CHECK_NOTHROW(with(nullptr));
  copy.change("config.json", [](json& config) { config["chat_template"] = "qwen2"; });
  check_refused([&] { vila_model(copy.path()); }, ErrorCode::checkpoint, {"config.json", "chat_template", "qwen2"});
}

TEST_CASE("the context is the shorter of the decoder's and the tokenizer's") {
  if (!vila_goldens_present()) return;
  const VilaCopy copy(vila_goldens().front());
  const auto context = [&](const json& limit) {
    copy.change("llm/tokenizer_config.json", [&](json& config) { config["model_max_length"] = limit; });
    return vila_model(copy.path())->decoder().shape().context;
  };
  const std::int64_t positions = test::read_golden_json(copy.path() / "llm" / "config.json")["max_position_embeddings"];
  CHECK(context(100) == 100);
  CHECK(context(positions * 2) == positions);
  CHECK(context(1e30) == positions);
  CHECK(context(nullptr) == positions);
}

TEST_CASE("keys that the decoder's config leaves out are the reference library's") {
  if (!vila_goldens_present()) return;
  const VilaCopy copy(vila_goldens().front());
  copy.change("llm/config.json", [](json& config) {
    for (const char* key : {"rope_theta", "rms_norm_eps", "max_position_embeddings", "num_key_value_heads"}) {
      config.erase(key);
    }
  });
  const auto model = vila_model(copy.path());
  const auto& shape = model->decoder().shape();
  CHECK(shape.rotary.theta == 10000);
  CHECK(shape.epsilon == 1e-6);
  CHECK(shape.context == 2048);
  CHECK(shape.kv_heads == shape.heads);
}

TEST_CASE("an answer ends at the end of its turn even if the checkpoint does not say so") {
  if (!vila_goldens_present()) return;
  const VilaCopy copy(vila_goldens().front());
  copy.change("llm/generation_config.json", [](json& config) { config["eos_token_id"] = 3; });
  const auto model = vila_model(copy.path());
  CHECK(model->settings().stop == std::vector<std::int64_t>{3, model->tokenizer().id("<|eot_id|>")});
}
