// InternVL3 against the reference library, in both layouts: tiles, features, prompts, logits, greedy answers. Every
// golden folder of the family that is found is run.
#include <doctest/doctest.h>

#include <set>

#include "generative_checks.hpp"
#include "internvl_goldens.hpp"

using namespace medvlm;
namespace fs = std::filesystem;
using test::internvl_goldens;
using test::internvl_model;
using test::loaded_internvl;
using test::own_internvl_golden;

namespace {

struct Shift final : LayerUpdate {
  at::Tensor amount = at::zeros({1}).requires_grad_(true);
  at::Tensor forward(const at::Tensor&, const at::Tensor& output) override { return output + amount; }
  at::Tensor merged(const at::Tensor& weight) const override { return weight; }
};

/// The prompt with eight features.
std::vector<std::int64_t> ids_of(const internvl::InternVlModel& model, const std::string& question) {
  return model.prompt(question, {}, at::zeros({8, 4})).ids;
}

}  // namespace

TEST_CASE("there are InternVL goldens of both layouts") {
  if (!test::goldens_present("generative")) return;
  std::set<std::string> types;
  for (const auto& folder : internvl_goldens()) {
    types.insert(test::read_golden_json(folder / "checkpoint" / "config.json").at("model_type"));
  }
  CHECK(types.size() == 2);
}

TEST_CASE("pictures become the reference's tiles and features") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : internvl_goldens()) {
    test::check_golden_images(test::GenerativeGoldens(folder), *loaded_internvl(folder));
  }
}

TEST_CASE("prompts, logits and greedy answers are the reference's, alone and in batches") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : internvl_goldens()) {
    const test::GenerativeGoldens goldens(folder);
    const auto model = loaded_internvl(folder);
    test::check_golden_prompts(goldens, *model);
    test::check_golden_batches(goldens, *model);
    test::check_golden_answers(goldens, *model);
  }
}

TEST_CASE("answers end with the tokens that the reference stops at") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : internvl_goldens()) {
    const auto about = test::read_golden_json(folder / "expected.json");
    const auto model = internvl_model(folder / "checkpoint");
    CHECK(model->settings().stop == about.at("eos_token_ids").get<std::vector<std::int64_t>>());
    CHECK(model->settings().max_new_tokens == 200);
    CHECK_FALSE(model->settings().sample);
  }
}

TEST_CASE("template and system message are the user's, and each layout's default can be written as a template") {
  for (const bool original : {true, false}) {
    const fs::path checkpoint = own_internvl_golden(original) / "checkpoint";
    const auto own = internvl_model(checkpoint);
    const std::string turn = "<|im_start|>system\n{system}<|im_end|>\n";
    const std::string content = original ? "{image}\n{question}" : "{question}{image}\n";
    const std::string body = "<|im_start|>user\n" + content + "<|im_end|>\n<|im_start|>assistant\n";
    const std::string question = "  Is it {large}? ";
    const auto written = internvl_model(checkpoint, {{"template", Value(original ? turn + body : body)}});
    CHECK(ids_of(*own, question) == ids_of(*written, question));
    const auto brief = internvl_model(checkpoint, {{"system", Value("Be brief.")}});
    const auto same = internvl_model(
        checkpoint, {{"template", Value("<|im_start|>system\nBe brief.<|im_end|>\n" + body)}, {"system", Value("")}});
    CHECK(ids_of(*brief, question) == ids_of(*same, question));
    CHECK(ids_of(*brief, question) != ids_of(*own, question));
    const auto silent = internvl_model(checkpoint, {{"system", Value("")}});
    CHECK(ids_of(*silent, question) == ids_of(*internvl_model(checkpoint, {{"template", Value(body)}}), question));
  }
}

TEST_CASE("the places of the features are the image token, between <img> and </img>") {
  for (const bool original : {true, false}) {
    const auto model = internvl_model(own_internvl_golden(original) / "checkpoint");
    const at::Tensor features = at::zeros({12, 4});
    const auto prompt = model->prompt("Is it?", {}, features);
    REQUIRE(prompt.images.size() == 1);
    const auto first = static_cast<std::size_t>(prompt.images.front().first);
    CHECK(prompt.images.front().features.is_same(features));
    CHECK(prompt.ids.at(first - 1) == model->tokenizer().id("<img>"));
    CHECK(prompt.ids.at(first + 12) == model->tokenizer().id("</img>"));
    CHECK(std::count(prompt.ids.begin(), prompt.ids.end(), model->tokenizer().id("<IMG_CONTEXT>")) == 12);
    CHECK(prompt.ids.at(first) == model->tokenizer().id("<IMG_CONTEXT>"));
  }
}

TEST_CASE("16-bit types stay near float32") {
  const c10::InferenceMode frozen;
  for (const bool original : {true, false}) {
    const fs::path folder = own_internvl_golden(original);
    const test::GenerativeGoldens goldens(folder);
    for (const auto dtype : {at::kBFloat16, at::kHalf}) {
      const auto model = internvl_model(folder / "checkpoint");
      model->load(at::kCPU, dtype);
      const at::Tensor features = model->encode_image(model->preprocess(goldens.picture("b.jpg")));
      CHECK((features.scalar_type() == dtype));
      const at::Tensor exact = goldens["image.b.jpg.features"].flatten(0, 1);
      CHECK(at::cosine_similarity(exact, features.to(at::kFloat), 1).min().item<double>() > 0.999);
    }
  }
}

TEST_CASE("every linear layer of tower, projector and decoder takes an update, through which gradients flow") {
  for (const bool original : {true, false}) {
    const fs::path folder = own_internvl_golden(original);
    const auto model = loaded_internvl(folder);
    std::map<std::string, int> linear;
    for (const NamedLayer& layer : model->layers()) linear[layer.part] += layer.layer->kind() == LayerKind::linear;
    CHECK(linear["vision"] == 2 * (original ? 4 : 6));  // two blocks
    CHECK(linear["projector"] == 2);
    CHECK(linear["language"] == 3 * 7 + 1);             // three blocks and the head
    const ProcessedImage image = model->preprocess(test::GenerativeGoldens(folder).picture("a.png"));
    for (const NamedLayer& layer : model->layers()) {
      if (layer.part == "language") continue;
      CAPTURE(layer.name);
      const auto update = std::make_shared<Shift>();
      layer.layer->set_update(update);
      model->encode_image(image).square().sum().backward();
      REQUIRE(update->amount.grad().defined());
      CHECK(update->amount.grad().abs().sum().item<double>() > 0);
      layer.layer->set_update(nullptr);
    }
  }
}

TEST_CASE("InternVL3-8B has the published number of parameters") {
  const auto large = [](nlohmann::json& config) {
    config["llm_config"].update({{"hidden_size", 3584}, {"intermediate_size", 18944}, {"num_hidden_layers", 28},
                                 {"num_attention_heads", 28}, {"num_key_value_heads", 4}, {"vocab_size", 151674}});
    config["vision_config"].update({{"hidden_size", 1024}, {"intermediate_size", 4096}, {"num_hidden_layers", 24},
                                    {"num_attention_heads", 16}, {"image_size", 448}});
    config["force_image_size"] = 448;
  };
  const auto copy = test::changed_internvl(own_internvl_golden(true) / "checkpoint", "config.json", large);
  CHECK(internvl_model(copy->path())->info().parameters == 7'944'373'760);
}
