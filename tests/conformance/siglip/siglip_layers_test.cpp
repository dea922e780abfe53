// SigLIP's layers for adapters, gradients through them, and the number of parameters of the published checkpoints.
#include <doctest/doctest.h>

#include <set>

#include <ATen/ATen.h>

#include "medvlm/base/files.hpp"
#include "published_config.hpp"
#include "siglip_goldens.hpp"

using namespace medvlm;
namespace fs = std::filesystem;
using test::siglip_goldens;
using test::siglip_model;

namespace {

struct Shift final : LayerUpdate {
  at::Tensor amount = at::zeros({1}).requires_grad_(true);
  at::Tensor forward(const at::Tensor&, const at::Tensor& output) override { return output + amount; }
  at::Tensor merged(const at::Tensor& weight) const override { return weight; }
};

AdaptableLayer* layer_of(siglip::SiglipModel& model, const std::string& name) {
  for (const auto& layer : model.layers()) {
    if (layer.name == name) return layer.layer;
  }
  FAIL(name << " is missing");
  return nullptr;
}

}  // namespace

TEST_CASE("gradients flow through both encoders when a layer has a trainable update") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : siglip_goldens()) {
    auto model = siglip_model(folder);
    model.load(at::kCPU, at::kFloat);
    for (const char* name : {"vision_model.embeddings.position_embedding", "vision_model.head.mlp.fc1"}) {
      const auto update = std::make_shared<Shift>();
      layer_of(model, name)->set_update(update);
      model.encode_images(test::golden_inputs(model, folder)).joint.square().sum().backward();
      REQUIRE(update->amount.grad().defined());
      CHECK(update->amount.grad().abs().sum().item<double>() > 0);
    }
    const auto update = std::make_shared<Shift>();
    layer_of(model, "text_model.encoder.layers.0.self_attn.q_proj")->set_update(update);
    model.encode_texts(test::golden_texts(folder)).square().sum().backward();
    CHECK(update->amount.grad().defined());
  }
}

TEST_CASE("an update of the pooling's output projection counts once it is merged, as in the reference") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : siglip_goldens()) {
    auto model = siglip_model(folder);
    model.load(at::kCPU, at::kFloat);
    const auto images = test::golden_inputs(model, folder);
    const at::Tensor before = model.encode_images(images).joint;
    AdaptableLayer* layer = layer_of(model, "vision_model.head.attention.out_proj");
    const auto update = std::make_shared<Shift>();
    update->amount = at::ones({1});
    layer->set_update(update);
    CHECK(at::equal(model.encode_images(images).joint, before));
    layer->set_weight(layer->weight() * 2);
    CHECK_FALSE(at::allclose(model.encode_images(images).joint, before));
  }
}

TEST_CASE("every layer of the adapters made with PEFT is found, in its shape") {
  const fs::path adapters = test::goldens_folder() / "contrastive" / "adaptation" / "siglip";
  if (!test::goldens_present("contrastive/adaptation/siglip")) return;
  auto model = siglip_model(test::goldens_folder() / "contrastive" / "siglip");
  model.load(at::kCPU, at::kFloat);
  std::size_t found = 0;
  for (const auto& entry : fs::directory_iterator(adapters)) {
    if (!entry.is_directory()) continue;
    const test::GoldenTensors tensors(entry.path() / "final" / "adapter_model.safetensors");
    for (const auto& [name, tensor] : tensors.entries()) {
      const std::string root = "base_model.model.";
      REQUIRE(name.starts_with(root));
      const bool embedding = name.find(".lora_embedding_") != std::string::npos;
      const std::string path = name.substr(root.size(), name.find(".lora_") - root.size());
      const AdaptableLayer* layer = layer_of(model, "vision_model." + path);
      CHECK((layer->kind() == LayerKind::embedding) == embedding);
      const bool input_side = name.find(embedding ? "lora_embedding_A" : "lora_A") != std::string::npos;
      const std::int64_t counted = layer->weight().size(embedding == input_side ? 0 : 1);
      CHECK_MESSAGE(tensor.shape[input_side ? 1 : 0] == counted, name);
      ++found;
    }
  }
  CHECK(found > 0);
}

TEST_CASE("the published configurations have the published numbers of parameters") {
  if (!test::goldens_present("contrastive")) return;
  const auto count = [](const nlohmann::json& config) {
    const test::GoldenCopy copy(siglip_goldens().front(), {});
    write_file_atomically(copy.path() / "config.json", config.dump());
    return siglip_model(copy.path()).info().parameters;
  };
  const std::int64_t base = count(test::published_siglip_base());
  CHECK(base == 203'155'970);
  CHECK(test::in_millions(base) == "203.16");
  const std::int64_t medical = count(test::published_medsiglip());
  CHECK(medical == 878'300'338);
  CHECK(test::in_millions(medical) == "878.30");
}
