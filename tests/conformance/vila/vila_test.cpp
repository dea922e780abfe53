// VILA against the reference: pixels, what the tower sees, the projected image, prompts, logits, answers. Every golden
// folder of the family that is found is run.
#include <doctest/doctest.h>

#include <map>

#include "generative_checks.hpp"
#include "vila_goldens.hpp"

using namespace medvlm;
using test::GenerativeGoldens;
using test::vila_goldens;
using test::vila_goldens_present;
using test::vila_model;

namespace {

std::unique_ptr<vila::VilaModel> loaded(const test::fs::path& folder, const char* conversation = "chat_template") {
  auto model = vila_model(folder / "checkpoint", {{"conversation", Value(conversation)},
                                                  {"resizing", Value(test::generative_resizing(folder))}});
  model->load(at::kCPU, at::kFloat);
  return model;
}

}  // namespace

TEST_CASE("there are VILA goldens") {
  if (test::goldens_present("generative/vila")) CHECK_FALSE(vila_goldens().empty());
}

TEST_CASE("every step of an image equals the reference's") {
  if (!vila_goldens_present()) return;
  const c10::InferenceMode frozen;
  for (const auto& folder : vila_goldens()) {
    const GenerativeGoldens goldens(folder);
    const auto model = loaded(folder);
    REQUIRE_FALSE(goldens.images().empty());
    for (const std::string& name : goldens.images()) {
      const ProcessedImage image = model->preprocess(goldens.picture(name));
      const at::Tensor seen = model->see(image);
      const std::string key = "image." + name + ".";
      goldens.check(key + "pixel_values", "pixel_values", image.pixels);
      goldens.check(key + "vision_hidden", "features", seen);
      goldens.check(key + "features", "features", model->projector().forward(seen));
      goldens.check(key + "spliced", "features", model->encode_image(image));
    }
  }
}

TEST_CASE("prompts, logits and greedy answers equal the reference's, alone and in batches") {
  if (!vila_goldens_present()) return;
  for (const auto& folder : vila_goldens()) {
    const GenerativeGoldens goldens(folder);
    const auto model = loaded(folder);
    test::check_golden_prompts(goldens, *model);
    test::check_golden_batches(goldens, *model);
    test::check_golden_answers(goldens, *model);
  }
}

TEST_CASE("the conversation llama_3 has VILA's system text") {
  if (!vila_goldens_present()) return;
  const c10::InferenceMode frozen;
  for (const auto& folder : vila_goldens()) {
    const GenerativeGoldens goldens(folder);
    const auto model = loaded(folder, "llama_3");
    // The golden's extra asks the question of prompt 1.
    const test::GoldenPrompts golden(goldens, *model);
    test::check_golden_prompt(goldens, *model, "extra.llama_3_conversation", golden.prompts.at(1),
                              test::golden_settings(goldens, *model));
  }
}

TEST_CASE("spaces that only tokenization made are taken out where the checkpoint says so") {
  if (!vila_goldens_present()) return;
  const test::VilaCopy copy(vila_goldens().front());
  const auto text = [&](bool clean_up) {
    copy.change("llm/tokenizer_config.json",
                [&](nlohmann::json& config) { config["clean_up_tokenization_spaces"] = clean_up; });
    const auto model = vila_model(copy.path());
    return model->decode(model->tokenizer().encode("it is n't so , yes . It 's ?"));
  };
  CHECK(text(true) == "it isn't so, yes. It's?");
  CHECK(text(false) == "it is n't so , yes . It 's ?");
}

TEST_CASE("16-bit types give nearly the same logits") {
  if (!vila_goldens_present()) return;
  const c10::InferenceMode frozen;
  for (const auto& folder : vila_goldens()) {
    const GenerativeGoldens goldens(folder);
    for (const auto dtype : {at::kBFloat16, at::kHalf}) {
      const auto model = vila_model(folder / "checkpoint");
      model->load(at::kCPU, dtype);
      const test::GoldenPrompts golden(goldens, *model);
      const at::Tensor rough = model->generator().logits(golden.prompts.at(0)).to(at::kFloat);
      CHECK(at::cosine_similarity(goldens["prompt.0.logits"], rough, 1).min().item<double>() > 0.99);
    }
  }
}

TEST_CASE("layers have the names and parts that adapters ask for") {
  if (!vila_goldens_present()) return;
  const auto model = vila_model(vila_goldens().front() / "checkpoint");
  std::map<std::string, std::string> parts;
  for (const NamedLayer& layer : model->layers()) parts[layer.name] = layer.part;
  CHECK(parts.at("mm_projector.layers.2") == "projector");
  CHECK(parts.at("mm_projector.layers.4") == "projector");
  CHECK(parts.at("vision_model.encoder.layers.0.self_attn.q_proj") == "vision");
  CHECK(parts.at("model.layers.1.mlp.down_proj") == "language");
  CHECK(parts.at("lm_head") == "language");
}
