// BLIP-2 against the reference library: tokens, pixels, hidden states, contrastive embeddings and scores. Every golden
// folder of the family that is found is run.
#include <doctest/doctest.h>

#include <algorithm>

#include <ATen/ATen.h>

#include "contrastive_checks.hpp"
#include "blip2_goldens.hpp"
#include "medvlm/base/files.hpp"

using namespace medvlm;
namespace fs = std::filesystem;
using test::blip2_goldens;
using test::blip2_model;

TEST_CASE("there are BLIP-2 goldens") {
  if (!test::goldens_present("contrastive")) return;
  CHECK_FALSE(blip2_goldens().empty());
}

TEST_CASE("pictures are decoded and processed as by the reference") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : blip2_goldens()) {
    test::check_pictures(test::ContrastiveGoldens(folder), blip2_model(folder), folder);
  }
}

TEST_CASE("token ids and masks equal the reference's, from either form of the tokenizer") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : blip2_goldens()) {
    const test::ContrastiveGoldens goldens(folder);
    const auto lines = test::golden_texts(folder);
    const auto tokens = blip2_model(folder).tokenizer().tokenize(lines, sdk::PadTo::longest);
    goldens.check("input_ids", tokens.input_ids);
    goldens.check("attention_mask", tokens.attention_mask);
    const test::GoldenCopy list(folder, {"tokenizer.json", "added_tokens.json"});
    std::string words = read_file(list.path() / "vocab.txt");
    const auto added = test::read_golden_json(folder / "added_tokens.json");
    for (const auto& [token, id] : added.items()) {
      REQUIRE(id == std::count(words.begin(), words.end(), '\n'));  // one at most, after the others
      words += token + "\n";
    }
    write_file_atomically(list.path() / "vocab.txt", words);
    goldens.check("input_ids", blip2_model(list.path()).tokenizer().tokenize(lines, sdk::PadTo::longest).input_ids);
  }
}

TEST_CASE("contrastive embeddings and scores equal the reference's") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : blip2_goldens()) {
    const test::ContrastiveGoldens goldens(folder);
    auto model = blip2_model(folder);
    model.load(at::kCPU, at::kFloat);
    const c10::InferenceMode frozen;
    const auto embeddings = model.encode_images(test::golden_inputs(model, folder));
    const auto texts = model.encode_texts(test::golden_texts(folder));
    goldens.check("image_embeds_raw", embeddings.joint);
    goldens.check("image_embeds", embeddings.joint / embeddings.joint.norm(2, -1, true));
    goldens.check("vision_cls", embeddings.features);
    goldens.check("text_embeds_raw", texts);
    goldens.check("text_embeds", texts / texts.norm(2, -1, true));
    goldens.check("logits_per_image", model.similarity(embeddings.joint, texts));
    CHECK(model.logit_rule() == LogitRule::softmax);
  }
}

TEST_CASE("every hidden state equals the reference's") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : blip2_goldens()) {
    const test::ContrastiveGoldens goldens(folder);
    auto model = blip2_model(folder);
    model.load(at::kCPU, at::kFloat);
    const c10::InferenceMode frozen;
    const auto check_all = [&](const std::string& name, const std::vector<at::Tensor>& states) {
      goldens.check(name + ".embeddings", states.front());
      for (std::size_t i = 1; i < states.size(); ++i) goldens.check(name + ".block." + std::to_string(i - 1), states[i]);
    };
    const at::Tensor pixels = test::golden_inputs(model, folder).front().pixels.unsqueeze(0);
    std::vector<at::Tensor> vision{model.vision().embed(pixels)};
    for (const auto& state : model.vision().transformer().hidden_states(vision.front(), false)) vision.push_back(state);
    check_all("vision", vision);
    const at::Tensor image = model.vision().post_norm(vision.back());
    goldens.check("vision.post_norm", image);
    check_all("qformer_image", model.qformer().hidden_states(model.queries(), model.queries().size(1), image));

    const auto tokens = model.tokenizer().tokenize(test::golden_texts(folder), sdk::PadTo::longest);
    const at::Tensor embedded = model.embeddings().forward(tokens.input_ids.narrow(0, 0, 1));
    check_all("qformer_text", model.qformer().hidden_states(embedded, 0, {}, tokens.attention_mask.narrow(0, 0, 1)));
    const auto queries = model.queries().size(1);
    const auto mask = at::cat({at::ones({1, queries}, at::kLong), tokens.attention_mask.narrow(0, 0, 1)}, 1);
    check_all("qformer_itm", model.qformer().hidden_states(at::cat({model.queries(), embedded}, 1), queries, image, mask));
  }
}

TEST_CASE("an embedding does not depend on its batch beyond rounding") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : blip2_goldens()) {
    auto model = blip2_model(folder);
    model.load(at::kCPU, at::kFloat);
    test::check_images_alone(model, folder);
    test::check_texts_alone(model, folder);
  }
}

TEST_CASE("a checkpoint that does not fit its config names every tensor") {
  if (!test::goldens_present("contrastive")) return;
  const test::GoldenCopy copy(blip2_goldens().front(), {});
  auto config = test::read_golden_json(copy.path() / "config.json");
  config["image_text_hidden_size"] = config["image_text_hidden_size"].get<int>() + 1;
  write_file_atomically(copy.path() / "config.json", config.dump());
  auto model = blip2_model(copy.path());
  test::check_misfit(model, {"vision_projection.weight", "text_projection.bias", "model.safetensors"});
}

TEST_CASE("a config that makes no model is refused with its key") {
  if (!test::goldens_present("contrastive")) return;
  const auto refused = [](const char* part, const char* key, const nlohmann::json& value) {
    test::check_config_refused([](const fs::path& folder) { blip2_model(folder); }, blip2_goldens().front(), part, key, value);
  };
  refused("", "model_type", "blip");
  refused("", "architectures", nlohmann::json::array({"Blip2ForConditionalGeneration"}));
  refused("", "num_query_tokens", 0);
  refused("vision_config", "patch_size", 1000);
  refused("qformer_config", "use_qformer_text_input", false);
  refused("qformer_config", "cross_attention_frequency", -1);
  refused("qformer_config", "position_embedding_type", "relative_key");
}
