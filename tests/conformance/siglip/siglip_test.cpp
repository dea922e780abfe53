// SigLIP against the reference library: pixels, hidden states, embeddings, logits. Every golden folder of the family
// that is found is run.
#include <doctest/doctest.h>

#include <ATen/ATen.h>

#include "medvlm/base/files.hpp"
#include "contrastive_checks.hpp"
#include "siglip_goldens.hpp"

using namespace medvlm;
namespace fs = std::filesystem;
using test::siglip_goldens;
using test::siglip_model;

TEST_CASE("there are SigLIP goldens") {
  if (!test::goldens_present("contrastive")) return;
  CHECK_FALSE(siglip_goldens().empty());
}

TEST_CASE("pictures are decoded and processed as by the reference") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : siglip_goldens()) {
    test::check_pictures(test::ContrastiveGoldens(folder), siglip_model(folder), folder);
  }
}

TEST_CASE("the two orders of resizing differ for tall pictures, and caches are told") {
  if (!test::goldens_present("contrastive")) return;
  const auto with = [](const char* resizing) {
    return siglip::SiglipModel(Options(Value::Table{{"checkpoint", Value(siglip_goldens().front().string())},
                                                    {"text_padding", Value("max_length")},
                                                    {"resizing", Value(resizing)}}));
  };
  const auto old = with("pillow_12");
  const auto current = with("pillow_13");
  CHECK(old.preprocessing_identity() != current.preprocessing_identity());
  Image tall{40, 300, std::vector<std::uint8_t>(std::size_t(40) * 300 * 3)};
  for (std::size_t i = 0; i < tall.pixels.size(); ++i) tall.pixels[i] = static_cast<std::uint8_t>(i * i % 251);
  CHECK_FALSE(at::equal(old.preprocess(tall).pixels, current.preprocess(tall).pixels));
  CHECK_THROWS_AS(with("pillow_11"), Error);
}

TEST_CASE("embeddings, logits and probabilities equal the reference's") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : siglip_goldens()) {
    const test::ContrastiveGoldens goldens(folder);
    auto model = siglip_model(folder);
    model.load(at::kCPU, at::kFloat);
    const c10::InferenceMode frozen;
    const auto embeddings = model.encode_images(test::golden_inputs(model, folder));
    const auto texts = model.encode_texts(test::golden_texts(folder));
    CHECK_FALSE(embeddings.features.defined());  // probes get the pooled output itself
    goldens.check("image_embeds_raw", embeddings.joint);
    goldens.check("text_embeds_raw", texts);
    goldens.check("image_embeds", embeddings.joint / embeddings.joint.norm(2, -1, true));
    goldens.check("text_embeds", texts / texts.norm(2, -1, true));
    const auto logits = model.similarity(embeddings.joint, texts);
    goldens.check("logits_per_image", logits);
    CHECK(model.logit_rule() == LogitRule::sigmoid);
    goldens.check("probs_per_image", at::sigmoid(logits));
  }
}

TEST_CASE("texts padded to the longest are embedded as by the reference") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : siglip_goldens()) {
    const test::ContrastiveGoldens goldens(folder);
    auto model = siglip_model(folder, "longest");
    model.load(at::kCPU, at::kFloat);
    const c10::InferenceMode frozen;
    const auto texts = test::golden_texts(folder);
    const auto first = std::span(texts).first(std::size_t(goldens["input_ids_longest"].size(0)));
    goldens.check("input_ids_longest", model.tokenize(first));
    goldens.check("text_embeds_raw_longest", model.encode_texts(first));
  }
}

TEST_CASE("every hidden state equals the reference's") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : siglip_goldens()) {
    const test::ContrastiveGoldens goldens(folder);
    auto model = siglip_model(folder);
    model.load(at::kCPU, at::kFloat);
    const c10::InferenceMode frozen;
    const at::Tensor pixels = test::golden_inputs(model, folder).front().pixels.unsqueeze(0);
    const at::Tensor embedded = model.vision().embed(pixels);
    goldens.check("vision.embeddings", embedded);
    const auto states = model.vision().transformer().hidden_states(embedded, false);
    for (std::size_t i = 0; i < states.size(); ++i) goldens.check("vision.block." + std::to_string(i), states[i]);
    const at::Tensor normed = model.vision().post_norm(states.back());
    goldens.check("vision.post_norm", normed);
    goldens.check("vision.head_attention", model.vision().head().attend(normed));

    const at::Tensor text = model.text().embed(model.tokenize(test::golden_texts(folder)).narrow(0, 0, 1));
    goldens.check("text.embeddings", text);
    const auto text_states = model.text().transformer().hidden_states(text, false);
    for (std::size_t i = 0; i < text_states.size(); ++i) goldens.check("text.block." + std::to_string(i), text_states[i]);
    goldens.check("text.final_norm", model.text().final_norm(text_states.back()));
  }
}

TEST_CASE("an embedding does not depend on its batch beyond rounding") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : siglip_goldens()) {
    auto model = siglip_model(folder);
    model.load(at::kCPU, at::kFloat);
    test::check_images_alone(model, folder);
    test::check_texts_alone(model, folder);
  }
}

TEST_CASE("16-bit types stay near float32") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : siglip_goldens()) test::check_narrow_types([&] { return siglip_model(folder); }, folder);
}

TEST_CASE("a checkpoint that does not fit its config names every tensor") {
  if (!test::goldens_present("contrastive")) return;
  const test::GoldenCopy copy(siglip_goldens().front(), {});
  auto config = test::read_golden_json(copy.path() / "config.json");
  config["text_config"]["intermediate_size"] = config["text_config"]["intermediate_size"].get<int>() + 1;
  write_file_atomically(copy.path() / "config.json", config.dump());
  auto model = siglip_model(copy.path());
  test::check_misfit(model, {"text_model.encoder.layers.0.mlp.fc1.weight", "mlp.fc2.weight", "model.safetensors"});
}

TEST_CASE("a config that makes no model is refused with its key") {
  if (!test::goldens_present("contrastive")) return;
  const auto refused = [](const char* part, const char* key, const nlohmann::json& value) {
    test::check_config_refused([](const fs::path& folder) { siglip_model(folder); }, siglip_goldens().front(), part, key, value);
  };
  refused("", "model_type", "clip");
  refused("vision_config", "patch_size", 0);
  refused("vision_config", "num_attention_heads", 5);
  refused("vision_config", "vision_use_head", false);
  refused("vision_config", "image_size", nlohmann::json::array({32, 32}));
  refused("text_config", "projection_size", 7);
  refused("text_config", "hidden_act", "mish");
}
