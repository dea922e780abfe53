// Layers that adapters may change: gradients reach them, and they have the names that PEFT gives them.
#include "open_clip_goldens.hpp"

#include <ATen/ATen.h>

#include <set>

namespace {

using namespace medvlm;

/// Scales every element of a layer's output by its own factor: a shift of all keys, or one factor for an embedding, would
/// change no logit.
struct Scale final : LayerUpdate {
  explicit Scale(const AdaptableLayer& layer, double start = 0)
      : amount(at::full({layer.weight().size(layer.kind() == LayerKind::linear ? 0 : 1)}, start)) {
    amount.requires_grad_(true);
  }
  at::Tensor amount;
  at::Tensor forward(const at::Tensor&, const at::Tensor& output) override { return output * (1 + amount); }
  at::Tensor merged(const at::Tensor& weight) const override { return weight; }
};

std::set<std::string> layer_names(open_clip::OpenClipModel& model) {
  std::set<std::string> names;
  for (const auto& layer : model.layers()) names.insert(layer.name);
  return names;
}

/// The layers of an adapter file: what stands between "base_model.model." and ".lora_".
std::set<std::string> adapted_layers(const test::fs::path& file) {
  std::set<std::string> names;
  const test::GoldenTensors adapter(file);
  for (const auto& [name, entry] : adapter.entries()) {
    const std::string start = "base_model.model.";
    REQUIRE(name.starts_with(start));
    names.insert(name.substr(start.size(), name.find(".lora_") - start.size()));
  }
  return names;
}

}  // namespace

TEST_CASE("gradients reach every layer that has a trainable update") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : test::open_clip_goldens()) {
    auto model = test::open_clip_model(folder);
    model.load(at::kCPU, at::kFloat);
    REQUIRE_FALSE(model.layers().empty());
    std::vector<std::pair<std::string, std::shared_ptr<Scale>>> updates;
    for (const auto& layer : model.layers()) {
      CHECK_FALSE(layer.layer->weight().requires_grad());
      updates.emplace_back(layer.name, std::make_shared<Scale>(*layer.layer));
      layer.layer->set_update(updates.back().second);
    }
    const auto images = model.encode_images(test::golden_inputs(model, folder)).joint;
    const auto texts = model.encode_texts(test::golden_texts(folder));
    model.similarity(images, texts).square().sum().backward();
    for (const auto& [name, update] : updates) {
      CAPTURE(name);
      REQUIRE(update->amount.grad().defined());
      CHECK(update->amount.grad().abs().sum().item<double>() > 0);
    }
  }
}

TEST_CASE("an update that is removed leaves no trace") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : test::open_clip_goldens()) {
    auto model = test::open_clip_model(folder);
    model.load(at::kCPU, at::kFloat);
    const auto images = test::golden_inputs(model, folder);
    const c10::InferenceMode frozen;
    const at::Tensor before = model.encode_images(images).joint;
    for (const auto& layer : model.layers()) layer.layer->set_update(std::make_shared<Scale>(*layer.layer, 0.5));
    CHECK_FALSE(at::equal(model.encode_images(images).joint, before));
    for (const auto& layer : model.layers()) layer.layer->set_update(nullptr);
    CHECK(at::equal(model.encode_images(images).joint, before));
  }
}

TEST_CASE("every layer of PEFT's adapters on the image tower is found") {
  if (!test::goldens_present("contrastive/adaptation/biomedclip")) return;
  const test::fs::path root = test::goldens_folder() / "contrastive";
  auto model = test::open_clip_model(root / "biomedclip");
  const auto names = layer_names(model);
  std::size_t adapters = 0;
  for (const auto& entry : test::fs::directory_iterator(root / "adaptation" / "biomedclip")) {
    const auto file = entry.path() / "final" / "adapter_model.safetensors";
    if (!test::fs::exists(file)) continue;
    ++adapters;
    for (const std::string& name : adapted_layers(file)) CHECK_MESSAGE(names.contains("visual." + name), name);
  }
  CHECK(adapters >= 2);
}

TEST_CASE("layers are in the part of their tower, with PEFT's names") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : test::open_clip_goldens()) {
    auto model = test::open_clip_model(folder);
    for (const auto& layer : model.layers()) CHECK(layer.part == (layer.name.starts_with("visual.") ? "vision" : "text"));
    const auto names = layer_names(model);
    const auto config = test::read_golden_json(folder / "open_clip_config.json");
    const bool own = !config["model_cfg"]["vision_cfg"].contains("timm_model_name");
    const std::vector<std::string> wanted =
        own ? std::vector<std::string>{"visual.transformer.resblocks.0.attn", "visual.transformer.resblocks.0.attn.out_proj",
                                       "visual.transformer.resblocks.0.mlp.c_fc", "transformer.resblocks.1.mlp.c_proj",
                                       "token_embedding"}
            : std::vector<std::string>{"visual.trunk.blocks.0.attn.qkv", "visual.trunk.blocks.1.attn.proj",
                                       "visual.head.proj", "text.transformer.encoder.layer.0.attention.self.query", "text.proj.0"};
    for (const std::string& name : wanted) CHECK_MESSAGE(names.contains(name), name);
  }
}
