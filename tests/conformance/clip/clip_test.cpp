// CLIP against the reference library: tokens, pixels, hidden states, embeddings, logits. Every golden folder of the
// family that is found is run.
#include <doctest/doctest.h>

#include <ATen/ATen.h>

#include "clip_model.hpp"
#include "contrastive_checks.hpp"
#include "medvlm/base/files.hpp"

namespace {

using namespace medvlm;
namespace fs = std::filesystem;

std::vector<fs::path> clip_goldens() {
  return test::contrastive_goldens([](const fs::path& folder) { return test::has_model_type(folder, "clip"); });
}

clip::ClipModel make_model(const fs::path& folder) {
  return clip::ClipModel(Options(Value::Table{{"checkpoint", Value(folder.string())}, {"resizing", Value(test::golden_resizing(folder))}}));
}

}  // namespace

TEST_CASE("there are CLIP goldens") {
  if (!test::goldens_present("contrastive")) return;
  CHECK_FALSE(clip_goldens().empty());
}

TEST_CASE("pictures are decoded and processed as by the reference") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : clip_goldens()) {
    test::check_pictures(test::ContrastiveGoldens(folder), make_model(folder), folder);
  }
}

TEST_CASE("token ids and masks equal the reference's, from either form of the tokenizer") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : clip_goldens()) {
    const test::ContrastiveGoldens goldens(folder);
    const auto lines = test::golden_texts(folder);
    const auto tokens = make_model(folder).tokenize(lines);
    goldens.check("input_ids", tokens.input_ids);
    goldens.check("attention_mask", tokens.attention_mask);
    const test::GoldenCopy slow(folder, {"tokenizer.json"});
    goldens.check("input_ids", make_model(slow.path()).tokenize(lines).input_ids);
  }
}

TEST_CASE("embeddings, logits and probabilities equal the reference's") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : clip_goldens()) {
    for (const char* weights : {"pytorch_model.bin", "model.safetensors"}) {
      if (!fs::exists(folder / weights)) continue;
      CAPTURE(std::string("without ") + weights);
      const test::ContrastiveGoldens goldens(folder);
      const bool both = fs::exists(folder / "pytorch_model.bin") && fs::exists(folder / "model.safetensors");
      const test::GoldenCopy one(folder, {both ? weights : "none"});
      auto model = make_model(one.path());
      model.load(at::kCPU, at::kFloat);
      const c10::InferenceMode frozen;
      const auto embeddings = model.encode_images(test::golden_inputs(model, folder));
      const auto text_embeddings = model.encode_texts(test::golden_texts(folder));
      goldens.check("image_embeds_raw", embeddings.joint);
      goldens.check("text_embeds_raw", text_embeddings);
      goldens.check("image_embeds", embeddings.joint / embeddings.joint.norm(2, -1, true));
      goldens.check("text_embeds", text_embeddings / text_embeddings.norm(2, -1, true));
      const auto logits = model.similarity(embeddings.joint, text_embeddings);
      goldens.check("logits_per_image", logits);
      goldens.check("probs_per_image", at::softmax(logits, -1));
    }
  }
}

TEST_CASE("every hidden state equals the reference's") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : clip_goldens()) {
    const test::ContrastiveGoldens goldens(folder);
    auto model = make_model(folder);
    model.load(at::kCPU, at::kFloat);
    const c10::InferenceMode frozen;
    const at::Tensor pixels = test::golden_inputs(model, folder).front().pixels.unsqueeze(0);
    const at::Tensor embedded = model.vision().embed(pixels);
    goldens.check("vision.embeddings", embedded);
    goldens.check("vision.pre_norm", model.vision().pre_norm(embedded));
    const auto states = model.vision().transformer().hidden_states(model.vision().pre_norm(embedded), false);
    for (std::size_t i = 0; i < states.size(); ++i) goldens.check("vision.block." + std::to_string(i), states[i]);
    goldens.check("vision.pooled", model.vision().forward(pixels));

    const auto tokens = model.tokenize(test::golden_texts(folder));
    const at::Tensor ids = tokens.input_ids.narrow(0, 0, 1);
    const at::Tensor text = model.text().embed(ids);
    goldens.check("text.embeddings", text);
    const auto mask = clip::causal_padding_mask(tokens.attention_mask.narrow(0, 0, 1), at::kFloat);
    const auto text_states = model.text().transformer().hidden_states(text, true, mask);
    for (std::size_t i = 0; i < text_states.size(); ++i) goldens.check("text.block." + std::to_string(i), text_states[i]);
    goldens.check("text.final_norm", model.text().final_norm(text_states.back()));
  }
}

TEST_CASE("an embedding does not depend on its batch beyond rounding") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : clip_goldens()) {
    auto model = make_model(folder);
    model.load(at::kCPU, at::kFloat);
    test::check_images_alone(model, folder);
  }
}

TEST_CASE("16-bit types stay near float32") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : clip_goldens()) test::check_narrow_types([&] { return make_model(folder); }, folder);
}

TEST_CASE("gradients flow through the encoder when a layer has a trainable update") {
  if (!test::goldens_present("contrastive")) return;
  struct Scale final : LayerUpdate {
    at::Tensor amount = at::zeros({1}).requires_grad_(true);
    at::Tensor forward(const at::Tensor&, const at::Tensor& output) override {
      return output * (1 + amount);  // a plain shift would vanish in the layer norm that follows
    }
    at::Tensor merged(const at::Tensor& weight) const override { return weight; }
  };
  for (const auto& folder : clip_goldens()) {
    auto model = make_model(folder);
    model.load(at::kCPU, at::kFloat);
    const auto update = std::make_shared<Scale>();
    REQUIRE_FALSE(model.layers().empty());
    model.layers().front().layer->set_update(update);
    model.encode_images(test::golden_inputs(model, folder)).joint.sum().backward();
    CHECK(update->amount.grad().defined());
    CHECK(update->amount.grad().abs().sum().item<double>() > 0);
  }
}

TEST_CASE("layers are named as PEFT names them") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : clip_goldens()) {
    auto model = make_model(folder);
    std::vector<std::string> names;
    for (const auto& layer : model.layers()) names.push_back(layer.name);
    CHECK(std::find(names.begin(), names.end(), "vision_model.encoder.layers.0.self_attn.q_proj") != names.end());
    CHECK(std::find(names.begin(), names.end(), "visual_projection") != names.end());
  }
}

TEST_CASE("a checkpoint that does not fit its config names every tensor") {
  if (!test::goldens_present("contrastive")) return;
  const test::GoldenCopy copy(clip_goldens().front(), {"pytorch_model.bin"});
  auto config = test::read_golden_json(copy.path() / "config.json");
  config["projection_dim"] = config["projection_dim"].get<int>() + 1;
  write_file_atomically(copy.path() / "config.json", config.dump());
  auto model = make_model(copy.path());
  test::check_misfit(model, {"visual_projection.weight", "text_projection.weight", "model.safetensors"});
}
