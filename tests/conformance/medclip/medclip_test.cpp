// MedCLIP against the reference: tokens, pixels of both preprocessings, hidden states, embeddings, logits. Every golden
// folder of the family that is found is run.
#include <doctest/doctest.h>

#include <ATen/ATen.h>

#include "contrastive_checks.hpp"
#include "medclip_goldens.hpp"

namespace {

using namespace medvlm;
using test::ContrastiveGoldens;
using test::make_medclip;
using test::medclip_goldens;
namespace fs = std::filesystem;

const Value::Table kBenchmark{{"preprocessing", Value("benchmark")}};
const Value::Table kAlone{{"text_batching", Value("alone")}};

at::Tensor unit(const at::Tensor& x) { return x / x.norm(2, -1, true); }

at::Tensor stacked(const std::vector<ProcessedImage>& images) {
  std::vector<at::Tensor> pixels;
  for (const auto& image : images) pixels.push_back(image.pixels);
  return at::stack(pixels);
}

}  // namespace

TEST_CASE("there are MedCLIP goldens") {
  if (!test::goldens_present("contrastive")) return;
  CHECK_FALSE(medclip_goldens().empty());
}

TEST_CASE("pictures are decoded and processed as by the package and as by the benchmark") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : medclip_goldens()) {
    const ContrastiveGoldens goldens(folder);
    test::check_pictures(goldens, make_medclip(folder), folder);
    goldens.check("pixel_values_benchmark", stacked(test::golden_inputs(make_medclip(folder, kBenchmark), folder)));
    CHECK(make_medclip(folder).preprocessing_identity() != make_medclip(folder, kBenchmark).preprocessing_identity());
  }
}

TEST_CASE("token ids and masks equal the reference's") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : medclip_goldens()) {
    const ContrastiveGoldens goldens(folder);
    const auto tokens = make_medclip(folder).tokenize(test::golden_texts(folder));
    goldens.check("input_ids", tokens.input_ids);
    goldens.check("attention_mask", tokens.attention_mask);
  }
}

TEST_CASE("embeddings, logits and probabilities equal the reference's") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : medclip_goldens()) {
    const ContrastiveGoldens goldens(folder);
    auto model = make_medclip(folder);
    model.load(at::kCPU, at::kFloat);
    const c10::InferenceMode frozen;
    const auto images = model.encode_images(test::golden_inputs(model, folder));
    const auto texts = model.encode_texts(test::golden_texts(folder));
    goldens.check("image_embeds_raw", images.joint);
    goldens.check("image_embeds", images.features);
    goldens.check("text_embeds_raw", texts);
    goldens.check("text_embeds", unit(texts));
    const auto logits = model.similarity(images.joint, texts);
    goldens.check("logits_per_image", logits);
    if (goldens.has("probs_per_image")) goldens.check("probs_per_image", at::softmax(logits, -1));

    auto benchmark = make_medclip(folder, kBenchmark);
    benchmark.load(at::kCPU, at::kFloat);
    const auto other = benchmark.encode_images(test::golden_inputs(benchmark, folder)).joint;
    goldens.check("image_embeds_raw_benchmark", other);
    goldens.check("logits_per_image_benchmark", benchmark.similarity(other, texts));
  }
}

TEST_CASE("texts encoded alone depend on nothing else, together on the longest") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : medclip_goldens()) {
    const ContrastiveGoldens goldens(folder);
    const auto texts = test::golden_texts(folder);
    auto model = make_medclip(folder, kAlone);
    model.load(at::kCPU, at::kFloat);
    const c10::InferenceMode frozen;
    CHECK_FALSE(model.texts_depend_on_batch());
    goldens.check("text_embeds_raw_alone", model.encode_texts(texts));

    auto together = make_medclip(folder);
    together.load(at::kCPU, at::kFloat);
    CHECK(together.texts_depend_on_batch());
    const at::Tensor one = together.encode_texts(std::span(texts).first(1));
    CHECK(at::allclose(one, goldens["text_embeds_raw_alone"].narrow(0, 0, 1), 1e-5, 5e-6));
    CHECK_FALSE(at::allclose(one, together.encode_texts(texts).narrow(0, 0, 1), 1e-3, 1e-3));
  }
}

TEST_CASE("every hidden state equals the reference's") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : medclip_goldens()) {
    const ContrastiveGoldens goldens(folder);
    auto model = make_medclip(folder);
    model.load(at::kCPU, at::kFloat);
    const c10::InferenceMode frozen;
    const auto check_grid = [&](const std::string& name, const at::Tensor& x) { goldens.check(name, x.flatten(1, 2)); };
    const medclip::Swin& vision = model.network().vision();
    const at::Tensor pixels = test::golden_inputs(model, folder).front().pixels.unsqueeze(0);
    at::Tensor x = vision.embed(pixels.expand({-1, 3, -1, -1}));
    check_grid("vision.embeddings", x);
    for (std::size_t stage = 0; stage < vision.stages().size(); ++stage) {
      const auto& [blocks, downsample] = vision.stages()[stage];
      const std::string name = "vision.stage." + std::to_string(stage);
      for (std::size_t block = 0; block < blocks.size(); ++block) {
        x = blocks[block].forward(x);
        check_grid(name + ".block." + std::to_string(block), x);
      }
      if (!downsample) continue;
      x = downsample->forward(x);
      check_grid(name + ".downsample", x);
    }
    check_grid("vision.final_norm", vision.final_norm(x));

    const auto tokens = model.tokenize(test::golden_texts(folder));
    const auto states = model.network().text().hidden_states(tokens.input_ids.narrow(0, 0, 1),
                                                             tokens.attention_mask.narrow(0, 0, 1));
    goldens.check("text.embeddings", states.front());
    for (std::size_t i = 1; i < states.size(); ++i) goldens.check("text.block." + std::to_string(i - 1), states[i]);
  }
}

TEST_CASE("an image's embedding does not depend on its batch beyond rounding") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : medclip_goldens()) {
    auto model = make_medclip(folder);
    model.load(at::kCPU, at::kFloat);
    test::check_images_alone(model, folder, 5e-6);
  }
}

TEST_CASE("16-bit types stay near float32") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : medclip_goldens()) test::check_narrow_types([&] { return make_medclip(folder); }, folder);
}

TEST_CASE("gradients reach an update of every layer that takes part") {
  if (!test::goldens_present("contrastive")) return;
  struct Shift final : LayerUpdate {
    at::Tensor amount = at::zeros({1}).requires_grad_(true);
    at::Tensor forward(const at::Tensor&, const at::Tensor& output) override { return output + amount; }
    at::Tensor merged(const at::Tensor& weight) const override { return weight; }
  };
  for (const auto& folder : medclip_goldens()) {
    auto model = make_medclip(folder);
    model.load(at::kCPU, at::kFloat);
    std::vector<std::pair<std::string, std::shared_ptr<Shift>>> updates;
    for (const NamedLayer& layer : model.layers()) {
      updates.emplace_back(layer.name, std::make_shared<Shift>());
      layer.layer->set_update(updates.back().second);
    }
    const auto images = model.encode_images(test::golden_inputs(model, folder)).joint;
    model.similarity(images, model.encode_texts(test::golden_texts(folder))).softmax(-1).select(1, 0).sum().backward();
    for (const auto& [name, update] : updates) {
      CAPTURE(name);
      const bool pooler = name == "text_model.model.pooler.dense";  // which no embedding is made of
      CHECK(update->amount.grad().defined() == !pooler);
    }
    CHECK(updates.front().second->amount.grad().abs().sum().item<double>() > 0);
  }
}

TEST_CASE("layers are named as PEFT names them") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : medclip_goldens()) {
    auto model = make_medclip(folder);
    std::vector<std::pair<std::string, std::string>> names;
    for (const auto& layer : model.layers()) names.emplace_back(layer.name, layer.part);
    using Name = std::pair<std::string, std::string>;
    for (const Name& name : {Name{"vision_model.model.encoder.layers.0.blocks.0.attention.self.query", "vision"},
                             {"vision_model.model.encoder.layers.0.blocks.0.intermediate.dense", "vision"},
                             {"vision_model.projection_head", "projector"},
                             {"text_model.model.embeddings.word_embeddings", "text"},
                             {"text_model.model.encoder.layer.1.attention.output.dense", "text"},
                             {"text_model.model.pooler.dense", "text"},
                             {"text_model.projection_head", "projector"}}) {
      CAPTURE(name.first);
      CHECK(std::count(names.begin(), names.end(), name) == 1);
    }
    const std::string merging = "vision_model.model.encoder.layers.0.downsample.reduction";
    const bool several = model.network().vision().stages().size() > 1;
    CHECK(std::count(names.begin(), names.end(), Name{merging, "vision"}) == (several ? 1 : 0));
  }
}
