// Adapter folders: what is written is read again, and what does not fit is refused with its place.
#include <nlohmann/json.hpp>

#include "checks.hpp"
#include "layers.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/sdk/checkpoint/safetensors.hpp"
#include "medvlm/sdk/checkpoint/safetensors_writer.hpp"
#include "medvlm/sdk/lora/lora_adapter.hpp"
#include "temporary_folder.hpp"

using namespace medvlm;
using namespace medvlm::sdk::lora;

namespace {

/// A saved adapter of a tiny model's image tower.
struct Saved {
  test::TinyModel model;
  test::TemporaryFolder folder;
  explicit Saved(const LoraSettings& settings = {2, 8, 0.1, false}) {
    LoraAdapter(choose_targets(model.layers(), {}), settings, 3).save(folder.path());
  }
  nlohmann::json config() const { return nlohmann::json::parse(read_file(folder.path() / "adapter_config.json")); }
  void set(const std::string& key, const nlohmann::json& value) {
    auto changed = config();
    changed[key] = value;
    write_file_atomically(folder.path() / "adapter_config.json", changed.dump());
  }
  std::unique_ptr<LoraAdapter> load() { return LoraAdapter::load(model, folder.path()); }
  sdk::WeightMap tensors() const {
    const sdk::Safetensors file(folder.path() / "adapter_model.safetensors");
    sdk::WeightMap tensors;
    for (const auto& name : file.names()) tensors[name] = file.tensor(name).clone();
    return tensors;
  }
  void write(const sdk::WeightMap& tensors) { sdk::write_safetensors(folder.path() / "adapter_model.safetensors", tensors); }
  std::string refusal() {
    try {
      load();
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::checkpoint);
      return error.what();
    }
    return "no error";
  }
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("a new adapter starts as PEFT's does: linear B and embedding A are zero, so nothing changes") {
  test::TinyModel model;
  const at::Tensor x = at::ones({2, 4}), index = at::arange(7);
  const at::Tensor before = model.linears[0].forward(x), embedded = model.positions.forward(index);
  {
    LoraAdapter adapter(choose_targets(model.layers(), {}), {2, 8, 0, false}, 3);
    CHECK(adapter.layer_count() == 3);
    CHECK(adapter.parameter_count() == 2 * (7 + 4) + 2 * 2 * (4 + 6));
    CHECK(at::equal(model.linears[0].forward(x), before));
    CHECK(at::equal(model.positions.forward(index), embedded));
    const auto tensors = adapter.tensors();
    CHECK(tensors.at("base_model.model.layers.0.q_proj.lora_A.weight").abs().max().item<float>() <= 0.5F);
    CHECK(tensors.at("base_model.model.embeddings.position_embedding.lora_embedding_B").abs().sum().item<float>() > 0);
    tensors.at("base_model.model.layers.0.q_proj.lora_B.weight").fill_(1);
    CHECK_FALSE(at::equal(model.linears[0].forward(x), before));
  }
  CHECK(at::equal(model.linears[0].forward(x), before));
}

TEST_CASE("an adapter is written with PEFT's names and settings, and read again") {
  Saved saved({2, 8, 0.1, true});
  CHECK(saved.config()["r"] == 2);
  CHECK(saved.config()["lora_alpha"] == 8);
  CHECK(saved.config()["use_rslora"] == true);
  CHECK(saved.config()["target_modules"] ==
        nlohmann::json{"embeddings.position_embedding", "layers.0.fc1", "layers.0.q_proj"});
  const auto tensors = saved.tensors();
  const auto adapter = saved.load();
  CHECK(adapter->settings().scaling() == doctest::Approx(8 / std::sqrt(2.0)));
  CHECK(adapter->settings().dropout == 0.1);
  for (const auto& [name, tensor] : adapter->tensors()) CHECK(at::equal(tensor, tensors.at(name)));
}

TEST_CASE("alpha_pattern gives single modules another strength; ranks follow from the tensors") {
  Saved saved;
  auto tensors = saved.tensors();
  for (auto& [name, tensor] : tensors) tensor.fill_(1);
  tensors["base_model.model.layers.0.fc1.lora_A.weight"] = at::ones({4, 4});
  tensors["base_model.model.layers.0.fc1.lora_B.weight"] = at::ones({6, 4});
  saved.write(tensors);
  saved.set("alpha_pattern", {{"layers.0.q_proj", 3}});
  const auto adapter = saved.load();
  const at::Tensor x = at::ones({1, 4});
  const auto change = [&](sdk::nn::Linear& layer) {
    const at::Tensor with = layer.forward(x);
    layer.set_update(nullptr);
    return (with - layer.forward(x)).max().item<double>();
  };
  CHECK(change(saved.model.linears[0]) == doctest::Approx(2 * 4 * 3 / 2.0));  // rank * in * alpha / rank
  CHECK(change(saved.model.linears[1]) == doctest::Approx(4 * 4 * 8 / 4.0));
}

TEST_CASE("what is not supported is refused by the name of its key") {
  for (const auto& [key, value] : std::map<std::string, nlohmann::json>{
           {"peft_type", "IA3"}, {"bias", "all"}, {"use_dora", true}, {"modules_to_save", {"head"}}, {"r", 0}}) {
    Saved saved;
    saved.set(key, value);
    CHECK(contains(saved.refusal(), "adapter_config.json: " + key));
  }
}

TEST_CASE("tensors that do not fit are all named") {
  Saved saved;
  auto tensors = saved.tensors();
  tensors["base_model.model.layers.0.q_proj.lora_A.weight"] = at::ones({2, 5});
  tensors["base_model.model.layers.7.q_proj.lora_A.weight"] = at::ones({2, 4});
  tensors["base_model.model.layers.7.q_proj.lora_B.weight"] = at::ones({6, 2});
  tensors["base_model.model.layers.0.fc1.lora_magnitude_vector"] = at::ones({6});
  saved.write(tensors);
  const std::string refusal = saved.refusal();
  for (const char* part :
       {"'layers.0.q_proj' has the shapes", "'layers.7.q_proj' is for a layer that the model does not have",
        "lora_magnitude_vector", "adapter_model.safetensors"}) {
    CHECK_MESSAGE(contains(refusal, part), refusal);
  }
}

TEST_CASE("a layer that the model does not have may be in the file if it changes nothing") {
  Saved saved;
  auto tensors = saved.tensors();
  tensors["base_model.model.layers.7.q_proj.lora_A.weight"] = at::ones({2, 4});
  tensors["base_model.model.layers.7.q_proj.lora_B.weight"] = at::zeros({6, 2});
  saved.write(tensors);
  CHECK(saved.load()->layer_count() == 3);
}

TEST_CASE("missing folders and files are named") {
  Saved saved;
  CHECK_THROWS_WITH_AS(LoraAdapter::load(saved.model, "/nowhere"), doctest::Contains("/nowhere"), Error);
  std::filesystem::remove(saved.folder.path() / "adapter_config.json");
  CHECK(contains(saved.refusal(), "adapter_config.json"));
}

TEST_CASE("merging puts one weight in the update's place, and unmerging the very same one back") {
  test::TinyModel model;
  LoraAdapter adapter(choose_targets(model.layers(), {}), {3, 6, 0, false}, 3);
  for (const auto& [name, tensor] : adapter.tensors()) tensor.add_(0.3);
  const at::Tensor x = at::linspace(-1, 1, 8, at::kFloat).view({2, 4});
  const at::Tensor weight = model.linears[0].weight(), unmerged = model.linears[0].forward(x);
  adapter.merge();
  CHECK_FALSE(model.linears[0].weight().is_same(weight));
  CHECK(at::allclose(model.linears[0].forward(x), unmerged, 1e-5, 1e-6));
  adapter.unmerge();
  CHECK(model.linears[0].weight().is_same(weight));
  CHECK(at::equal(model.linears[0].forward(x), unmerged));
}
