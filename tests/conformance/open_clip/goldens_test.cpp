// open_clip's models against the library: tokens, pixels, hidden states, embeddings, logits. Every golden folder of the
// family that is found is run.
#include "contrastive_checks.hpp"
#include "open_clip_goldens.hpp"

#include <ATen/ATen.h>

#include "medvlm/base/files.hpp"

namespace {

using namespace medvlm;
using test::fs::path;

/// The folder as it is, or a copy with one of its two weight files.
template <class Check>
void with_each_weight_file(const path& folder, const Check& check) {
  const std::vector<const char*> files{"open_clip_model.safetensors", "open_clip_pytorch_model.bin"};
  for (const char* kept : files) {
    if (!test::fs::exists(folder / kept)) continue;
    CAPTURE(std::string(kept));
    const test::GoldenCopy copy(folder, {kept == files[0] ? files[1] : files[0]});
    check(copy.path());
  }
}

}  // namespace

TEST_CASE("there are goldens of both kinds of towers") {
  if (!test::goldens_present("contrastive")) return;
  bool own = false;
  bool foreign = false;
  for (const auto& folder : test::open_clip_goldens()) {
    const auto weights = sdk::Checkpoint::open(folder / "open_clip_model.safetensors");
    const auto config = open_clip::read_open_clip_config(folder, &weights);
    (config.vision.timm && config.text.bert ? foreign : own) = true;
  }
  CHECK(own);
  CHECK(foreign);
}

TEST_CASE("pictures are decoded and processed as by the reference") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : test::open_clip_goldens()) {
    test::check_pictures(test::ContrastiveGoldens(folder), test::open_clip_model(folder), folder);
  }
}

TEST_CASE("token ids equal the reference's") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : test::open_clip_goldens()) {
    const test::ContrastiveGoldens goldens(folder);
    goldens.check("input_ids", test::open_clip_model(folder).tokenizer()(test::golden_texts(folder)));
  }
}

TEST_CASE("embeddings, logits and probabilities equal the reference's, from either weight file") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : test::open_clip_goldens()) {
    const test::ContrastiveGoldens goldens(folder);
    with_each_weight_file(folder, [&](const path& checkpoint) {
      auto model = test::open_clip_model(checkpoint);
      model.load(at::kCPU, at::kFloat);
      const c10::InferenceMode frozen;
      const auto embeddings = model.encode_images(test::golden_inputs(model, checkpoint));
      const auto texts = model.encode_texts(test::golden_texts(checkpoint));
      CHECK_FALSE(embeddings.features.defined());  // probes take the projected embedding
      goldens.check("image_embeds_raw", embeddings.joint);
      goldens.check("text_embeds_raw", texts);
      goldens.check("image_embeds", embeddings.joint / embeddings.joint.norm(2, -1, true));
      goldens.check("text_embeds", texts / texts.norm(2, -1, true));
      const auto logits = model.similarity(embeddings.joint, texts);
      goldens.check("logits_per_image", logits);
      const bool sigmoid = model.logit_rule() == LogitRule::sigmoid;
      goldens.check("probs_per_image", sigmoid ? at::sigmoid(logits) : at::softmax(logits, -1));
    });
  }
}

TEST_CASE("every hidden state equals the reference's") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : test::open_clip_goldens()) {
    const test::ContrastiveGoldens goldens(folder);
    std::size_t compared = 0;
    const auto check = [&](const std::string& name, const at::Tensor& actual) {
      if (!goldens.has(name)) return;
      goldens.check(name, actual);
      ++compared;
    };
    auto model = test::open_clip_model(folder);
    model.load(at::kCPU, at::kFloat);
    const c10::InferenceMode frozen;
    const auto& vision = model.vision();
    const at::Tensor pixels = test::golden_inputs(model, folder).front().pixels.unsqueeze(0);
    check("vision.patches", vision.patches(pixels));
    check("vision.embeddings", vision.embed(pixels));
    check("vision.pre_norm", vision.pre_norm(vision.embed(pixels)));
    const auto states = vision.transformer().hidden_states(vision.pre_norm(vision.embed(pixels)), false);
    for (std::size_t i = 0; i < states.size(); ++i) check("vision.block." + std::to_string(i), states[i]);
    check("vision.final_norm", vision.final_norm(states.back()));

    const auto texts = model.text().hidden_states(model.tokenizer()(test::golden_texts(folder)).narrow(0, 0, 1));
    check("text.embeddings", texts.front());
    for (std::size_t i = 1; i < texts.size(); ++i) check("text.block." + std::to_string(i - 1), texts[i]);
    check("text.final_norm", texts.back());
    std::size_t expected = 0;
    for (const auto& [name, entry] : goldens.entries()) expected += name.starts_with("vision.") || name.starts_with("text.");
    CHECK(compared == expected);
  }
}

TEST_CASE("an embedding does not depend on its batch beyond rounding") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : test::open_clip_goldens()) {
    auto model = test::open_clip_model(folder);
    model.load(at::kCPU, at::kFloat);
    test::check_images_alone(model, folder);
    test::check_texts_alone(model, folder);
  }
}

TEST_CASE("16-bit types stay near float32") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : test::open_clip_goldens()) {
    test::check_narrow_types([&] { return test::open_clip_model(folder); }, folder);
  }
}

TEST_CASE("a checkpoint that does not fit its config names every tensor") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : test::open_clip_goldens()) {
    const test::GoldenCopy copy(folder, {"open_clip_pytorch_model.bin"});
    auto config = test::read_golden_json(copy.path() / "open_clip_config.json");
    config["model_cfg"]["embed_dim"] = config["model_cfg"]["embed_dim"].get<int>() + 2;
    write_file_atomically(copy.path() / "open_clip_config.json", config.dump());
    auto model = test::open_clip_model(copy.path());
    const bool timm = config["model_cfg"]["vision_cfg"].contains("timm_model_name");
    test::check_misfit(model, {timm ? "visual.head.proj.weight" : "visual.proj",
                               timm ? "text.proj.2.weight" : "text_projection", "open_clip_model.safetensors"});
  }
}
