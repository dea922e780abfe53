// Cases that the common goldens leave out, from tests/peers/make_internvl_variants.py: tiles of another size than the
// tower was made for, another layer, a norm after the tower, a coarser merging, a tied head. They belong to the -hf
// checkpoint in the source tree.
#include <doctest/doctest.h>

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include "internvl_goldens.hpp"
#include "medvlm/sdk/checkpoint/checkpoint.hpp"
#include "medvlm/sdk/checkpoint/safetensors_writer.hpp"

using namespace medvlm;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

const fs::path kVariants = fs::path(MEDVLM_GOLDENS_DEFAULT) / "internvl_variants";

/// The checkpoint's weights without those that the variant leaves out, and with its own.
void write_weights(const fs::path& folder, const std::string& variant, const json& change,
                   const test::GoldenTensors& tensors) {
  sdk::WeightMap weights;
  {
    const sdk::Checkpoint stored = sdk::Checkpoint::open(folder);
    for (const std::string& name : stored.names()) weights[name] = stored.tensor(name).clone();
  }
  for (const auto& name : change.value("without", json::array())) weights.erase(name.get<std::string>());
  const std::string prefix = variant + ".weights.";
  for (const auto& [name, entry] : tensors.entries()) {
    if (name.starts_with(prefix)) weights[name.substr(prefix.size())] = tensors.tensor(name);
  }
  sdk::write_safetensors(folder / "model.safetensors", weights);
}

std::unique_ptr<test::TemporaryFolder> variant_checkpoint(const std::string& variant, const json& change,
                                                          const test::GoldenTensors& tensors) {
  auto copy = test::changed_internvl(test::own_internvl_golden(false) / "checkpoint", "config.json", [&](json& config) {
    config.merge_patch(change.value("config", json::object()));
  });
  test::change_json(copy->path() / "preprocessor_config.json",
                    [&](json& config) { config.merge_patch(change.value("preprocessor", json::object())); });
  write_weights(copy->path(), variant, change, tensors);
  return copy;
}

}  // namespace

TEST_CASE("changed checkpoints answer as the reference's") {
  const json about = test::read_golden_json(kVariants / "variants.json");
  const test::GoldenTensors tensors(kVariants / "variants.safetensors.gz");
  const test::GenerativeGoldens goldens(test::own_internvl_golden(false));
  CHECK(about.at("variants").size() == 5);
  for (const auto& [variant, change] : about.at("variants").items()) {
    CAPTURE(variant);
    const std::string key = variant + ".";
    const auto copy = variant_checkpoint(variant, change, tensors);
    const auto model = test::internvl_model(copy->path());
    model->load(at::kCPU, at::kFloat);
    const c10::InferenceMode frozen;
    const auto features = [&](const std::string& name) {
      return model->encode_image(model->preprocess(goldens.picture(name)));
    };
    for (const std::string& name : goldens.images()) {
      const at::Tensor expected = tensors.tensor(key + name + ".features");
      REQUIRE(features(name).sizes() == expected.sizes());
      CHECK(at::allclose(features(name), expected, 1e-4, 2e-4));
    }
    const auto prompt = model->prompt(about.at("question").get<std::string>(), {}, features(about.at("picture")));
    REQUIRE(at::equal(at::tensor(prompt.ids, at::kLong), tensors.tensor(key + "input_ids")));
    const at::Tensor expected = tensors.tensor(key + "logits");
    const at::Tensor logits = model->generator().logits(prompt);
    CHECK(at::allclose(logits.narrow(0, logits.size(0) - expected.size(0), expected.size(0)), expected, 1e-4, 1e-3));
    const at::Tensor greedy = tensors.tensor(key + "greedy_ids");
    auto settings = model->settings();
    settings.stop.clear();
    settings.max_new_tokens = greedy.numel();
    const auto generated = model->generator().generate(std::span(&prompt, 1), settings, {});
    CHECK(at::equal(at::tensor(generated.front().ids, at::kLong), greedy));
  }
}
