#include "checks.hpp"
#include "layers.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/sdk/lora/targets.hpp"

using namespace medvlm;
using sdk::lora::choose_targets;
using sdk::lora::find_layer;

namespace {

std::vector<std::string> names(const sdk::lora::TargetChoice& choice) {
  test::TinyModel model;
  std::vector<std::string> found;
  for (const auto& target : choose_targets(model.layers(), choice)) found.push_back(target.name);
  return found;
}
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("every layer of a tower, with names that begin inside it") {
  CHECK(names({"vision", {}, ""}) == Names{"embeddings.position_embedding", "layers.0.q_proj", "layers.0.fc1"});
  CHECK(names({"text", {}, ""}) == Names{"layers.0.q_proj", "layers.0.fc1"});
}

TEST_CASE("layers of two towers keep the model's names") {
  CHECK(names({"both", {"q_proj"}, ""}) == Names{"vision_model.layers.0.q_proj", "text_model.layers.0.q_proj"});
  CHECK(names({"all", {}, ""}).size() == 6);
}

TEST_CASE("suffixes end at a dot, patterns match whole names") {
  CHECK(names({"vision", {"q_proj", "layers.0.fc1"}, ""}) == Names{"layers.0.q_proj", "layers.0.fc1"});
  CHECK_THROWS_WITH_AS(names({"vision", {"proj"}, ""}), doctest::Contains("layers.0.q_proj"), Error);
  CHECK(names({"vision", {}, "layers\\.[0-9]+\\.fc1"}) == Names{"layers.0.fc1"});
  CHECK_THROWS_AS(names({"vision", {}, "layers"}), Error);
  CHECK_THROWS_WITH_AS(names({"vision", {}, "("}), doctest::Contains("target_pattern"), Error);
  CHECK_THROWS_AS(names({"vision", {"fc1"}, ".*"}), Error);
}

TEST_CASE(
    "a layer that lies in the tower's module belongs to it whatever its part; names of files are found in either form") {
  test::TinyModel model;
  auto layers = model.layers();
  layers[2].part = "projector";
  CHECK(choose_targets(layers, {}).size() == 3);
  CHECK(find_layer(layers, "layers.0.q_proj")->name == "vision_model.layers.0.q_proj");
  CHECK(find_layer(layers, "text_model.layers.0.fc1")->name == "text_model.layers.0.fc1");
  CHECK(find_layer(layers, "visual_projection")->name == "visual_projection");
  CHECK(find_layer(layers, "layers.9.fc1") == nullptr);
}

namespace {

/// The layers of a model that answers, of one decoder layer.
struct AnsweringLayers {
  sdk::nn::Embedding words{7, 4};
  sdk::nn::Linear seen{4, 4}, joined{4, 4}, query{4, 4}, head{4, 7};
  std::vector<NamedLayer> layers{{"vision_tower.vision_model.encoder.layers.0.self_attn.q_proj", "vision", &seen},
                                 {"multi_modal_projector.linear_1", "projector", &joined},
                                 {"language_model.model.embed_tokens", "language", &words},
                                 {"language_model.model.layers.0.self_attn.q_proj", "language", &query},
                                 {"language_model.lm_head", "language", &head}};

  Names chosen(const sdk::lora::TargetChoice& choice) const {
    Names found;
    for (const auto& target : choose_targets(layers, choice)) found.push_back(target.name);
    return found;
  }
};

}  // namespace

TEST_CASE("of a decoder the linear layers but the output layer, unless they are named") {
  const AnsweringLayers model;
  const std::string query = "language_model.model.layers.0.self_attn.q_proj";
  CHECK(model.chosen({"language", {}, ""}) == Names{query});
  CHECK(model.chosen({"projector", {}, ""}) == Names{"multi_modal_projector.linear_1"});
  CHECK(model.chosen({"language_projector", {}, ""}) == Names{"multi_modal_projector.linear_1", query});
  CHECK(model.chosen({"language", {"lm_head", "embed_tokens"}, ""}) ==
        Names{"language_model.model.embed_tokens", "language_model.lm_head"});
  CHECK(model.chosen({"all", {}, ""}).size() == 3);
}

TEST_CASE("files of newer transformers, which call modules otherwise, find their layers") {
  const AnsweringLayers model;
  const auto found = [&](const char* name) {
    const NamedLayer* layer = find_layer(model.layers, name);
    return layer ? layer->name : "";
  };
  CHECK(found("model.language_model.layers.0.self_attn.q_proj") == "language_model.model.layers.0.self_attn.q_proj");
  CHECK(found("lm_head") == "language_model.lm_head");
  CHECK(found("model.multi_modal_projector.linear_1") == "multi_modal_projector.linear_1");
  CHECK(found("model.language_model.layers.1.self_attn.q_proj").empty());
}
