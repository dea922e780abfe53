// BLIP-2's layers for adapters, gradients, 16-bit types, and the number of parameters of the published checkpoint.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>

#include <ATen/ATen.h>

#include "blip2_goldens.hpp"
#include "medvlm/base/files.hpp"

using namespace medvlm;
using test::blip2_goldens;
using test::blip2_model;

TEST_CASE("16-bit types stay near float32, with the Q-Former in float32") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : blip2_goldens()) {
    for (const char* score : {"itc", "itm"}) {
      auto model = blip2_model(folder, score);
      model.load(at::kCPU, at::kFloat);
      const c10::InferenceMode frozen;
      const auto images = test::golden_inputs(model, folder);
      const auto texts = test::golden_texts(folder);
      const at::Tensor exact = model.similarity(model.encode_images(images).joint, model.encode_texts(texts));
      for (const auto dtype : {at::kBFloat16, at::kHalf}) {
        auto narrow = blip2_model(folder, score);
        narrow.load(at::kCPU, dtype);
        CHECK((narrow.queries().scalar_type() == at::kFloat));
        const auto embedded = narrow.encode_images(images);
        CHECK((embedded.joint.scalar_type() == dtype));
        const at::Tensor rough = narrow.similarity(embedded.joint, narrow.encode_texts(texts)).to(at::kFloat);
        CHECK(at::allclose(rough, exact, 0.02, 0.02));
      }
    }
  }
}

TEST_CASE("gradients flow through the encoder when a layer has a trainable update") {
  if (!test::goldens_present("contrastive")) return;
  struct Shift final : LayerUpdate {
    at::Tensor amount = at::zeros({1}).requires_grad_(true);
    at::Tensor forward(const at::Tensor&, const at::Tensor& output) override { return output + amount; }
    at::Tensor merged(const at::Tensor& weight) const override { return weight; }
  };
  for (const auto& folder : blip2_goldens()) {
    auto model = blip2_model(folder);
    model.load(at::kCPU, at::kFloat);
    const auto update = std::make_shared<Shift>();
    REQUIRE_FALSE(model.layers().empty());
    model.layers().front().layer->set_update(update);
    model.encode_images(test::golden_inputs(model, folder)).joint.square().sum().backward();
    REQUIRE(update->amount.grad().defined());
    CHECK(update->amount.grad().abs().sum().item<double>() > 0);
  }
}

TEST_CASE("layers are named as PEFT names them") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : blip2_goldens()) {
    auto model = blip2_model(folder);
    std::vector<std::string> names;
    for (const auto& layer : model.layers()) names.push_back(layer.name);
    for (const char* name :
         {"vision_model.encoder.layers.0.self_attn.qkv", "vision_model.encoder.layers.0.self_attn.projection",
          "vision_model.encoder.layers.1.mlp.fc2", "qformer.encoder.layer.0.attention.attention.query",
          "qformer.encoder.layer.0.crossattention.output.dense", "qformer.encoder.layer.1.intermediate_query.dense",
          "qformer.encoder.layer.1.output.dense", "embeddings.word_embeddings", "vision_projection", "text_projection",
          "itm_head"}) {
      CHECK_MESSAGE(std::find(names.begin(), names.end(), name) != names.end(), name);
    }
    CHECK(std::find(names.begin(), names.end(), "qformer.encoder.layer.1.crossattention.output.dense") == names.end());
  }
}

TEST_CASE("the published configuration has the published number of parameters") {
  if (!test::goldens_present("contrastive")) return;
  const test::GoldenCopy copy(blip2_goldens().front(), {});
  // Salesforce/blip2-itm-vit-g: everything but this is the class default.
  const nlohmann::json published = {
      {"model_type", "blip-2"},
      {"architectures", {"Blip2ForImageTextRetrieval"}},
      {"image_text_hidden_size", 256},
      {"num_query_tokens", 32},
      {"qformer_config", {{"model_type", "blip_2_qformer"}, {"use_qformer_text_input", true}, {"vocab_size", 30523}}},
      {"vision_config", {{"model_type", "blip_2_vision_model"}}}};
  write_file_atomically(copy.path() / "config.json", published.dump());
  const std::int64_t count = blip2_model(copy.path()).info().parameters;
  char millions[32];
  std::snprintf(millions, sizeof millions, "%.2f", static_cast<double>(count) / 1e6);
  CHECK(std::string(millions) == "1172.03");
}
