// Qwen2-VL and Qwen2.5-VL against the reference library: every golden folder of the family that is found is run.
#include <algorithm>
#include <cstdlib>
#include <tuple>

#include <ATen/ATen.h>

#include "generative_checks.hpp"
#include "medvlm/base/files.hpp"
#include "patch_grid.hpp"
#include "qwen_goldens.hpp"
#include "temporary_folder.hpp"

using namespace medvlm;
namespace fs = std::filesystem;
using test::GenerativeGoldens;
using test::golden_qwen;
using test::qwen_goldens;
using test::qwen_model;

namespace {

/// An entry of prompts.json's "extras", as far as this family knows it.
struct Extra {
  std::string key;
  nlohmann::json about;
  std::string query;
};

std::vector<Extra> extras_of(const fs::path& folder) {
  const auto prompts = test::read_golden_json(folder / "prompts.json");
  std::vector<Extra> extras;
  for (const auto& extra : prompts.value("extras", nlohmann::json::array())) {
    // Extras are given by their prompts; the question is that of the prompt which reads the same.
    for (const auto& prompt : prompts.at("prompts")) {
      if (prompt.at("prompt") != extra.at("prompt")) continue;
      extras.push_back({"extra." + extra.at("name").get<std::string>(), extra, prompt.at("query")});
      break;
    }
  }
  return extras;
}

/// A copy of a checkpoint whose config.json has been changed.
void copy_changed(const fs::path& checkpoint, const fs::path& to, const nlohmann::json& changes) {
  fs::copy(checkpoint, to, fs::copy_options::recursive);
  auto config = test::read_golden_json(checkpoint / "config.json");
  config.merge_patch(changes);
  write_file_atomically(to / "config.json", config.dump());
}

}  // namespace

TEST_CASE("there are goldens of both generations") {
  if (!test::goldens_present("generative")) return;
  CHECK(qwen_goldens().size() >= (std::getenv("MEDVLM_GOLDENS") ? 1 : 2));
}

TEST_CASE("pictures become the reference's patches and features") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : qwen_goldens()) {
    const GenerativeGoldens goldens(folder);
    const auto model = golden_qwen(folder);
    test::check_golden_images(goldens, *model);
    for (const std::string& name : goldens.images()) {
      const ProcessedImage processed = model->preprocess(goldens.picture(name));
      CHECK(at::equal(processed.extras.at(0).second, goldens["image." + name + ".image_grid_thw"]));
    }
  }
}

TEST_CASE("prompts have the reference's ids, positions, logits and greedy answers") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : qwen_goldens()) test::check_golden_prompts(GenerativeGoldens(folder), *golden_qwen(folder));
}

TEST_CASE("decoding goes on at the reference's position") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : qwen_goldens()) {
    const GenerativeGoldens goldens(folder);
    const auto model = golden_qwen(folder);
    const c10::InferenceMode frozen;
    const test::GoldenPrompts golden(goldens, *model);
    for (std::size_t i = 0; i < golden.prompts.size(); ++i) {
      const auto length = static_cast<std::int64_t>(golden.prompts[i].ids.size());
      const std::int64_t delta = goldens.ids(goldens.prompts()[i].key + ".rope_deltas").at(0);
      CHECK(golden.prompts[i].next_position == length + delta);
    }
  }
}

TEST_CASE("answers do not depend on their batch") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : qwen_goldens()) test::check_golden_batches(GenerativeGoldens(folder), *golden_qwen(folder));
}

TEST_CASE("questions are answered as the reference answers them") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : qwen_goldens()) test::check_golden_answers(GenerativeGoldens(folder), *golden_qwen(folder));
}

TEST_CASE("the repetition penalty counts prompt and answer, and the squash to a square comes first") {
  if (!test::goldens_present("generative")) return;
  std::size_t checked = 0;
  for (const auto& folder : qwen_goldens()) {
    const GenerativeGoldens goldens(folder);
    for (const Extra& extra : extras_of(folder)) {
      Value::Table options;
      if (extra.about.contains("resize")) {
        options.insert_or_assign("fixed_size", Value(extra.about["resize"][0].get<std::int64_t>()));
      }
      const auto model = golden_qwen(folder, options);
      const ProcessedImage image = model->preprocess(goldens.picture(extra.about.at("image")));
      const c10::InferenceMode frozen;
      const at::Tensor features = model->encode_image(image);
      if (extra.about.contains("resize")) {
        goldens.check(extra.key + ".pixel_values", "pixel_values", image.pixels);
        goldens.check(extra.key + ".features", "features", features);
      }
      auto settings = test::golden_settings(goldens, *model);
      settings.repetition_penalty = extra.about.value("repetition_penalty", 1.0);
      test::check_golden_prompt(goldens, *model, extra.key, model->prompt(extra.query, image, features), settings);
      ++checked;
    }
  }
  if (!std::getenv("MEDVLM_GOLDENS")) CHECK(checked == 2);
}

TEST_CASE("generation_config.json says how answers are generated") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : qwen_goldens()) {
    const auto config = test::read_golden_json(folder / "checkpoint" / "generation_config.json");
    const auto model = qwen_model(folder / "checkpoint");
    CHECK(model->settings().repetition_penalty == config.value("repetition_penalty", 1.0));
    CHECK(model->settings().stop == config.at("eos_token_id").get<std::vector<std::int64_t>>());
    CHECK(model->settings().max_new_tokens == 128);
  }
}

TEST_CASE("template and system are the user's where they are set") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : qwen_goldens()) {
    const auto text_of = [&](Value::Table options) {
      for (const char* limit : {"min_pixels", "max_pixels"}) {
        options.insert_or_assign(limit, Value(std::int64_t{56 * 56}));
      }
      const auto model = golden_qwen(folder, options);
      const ProcessedImage image = model->preprocess(Image{90, 90, std::vector<std::uint8_t>(90 * 90 * 3, 7)});
      const c10::InferenceMode frozen;
      return model->tokenizer().decode(model->prompt("Why?", image, model->encode_image(image)).ids);
    };
    const std::string pads = "<|image_pad|><|image_pad|><|image_pad|><|image_pad|>";
    CHECK(text_of({}) == "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
                         "<|im_start|>user\n<|vision_start|>" + pads + "<|vision_end|>Why?<|im_end|>\n"
                         "<|im_start|>assistant\n");
    CHECK(text_of({{"system", Value("Be brief.")}, {"template", Value("{system} {question}{image}!")}}) ==
          "Be brief. Why?" + pads + "!");
  }
}

TEST_CASE("a checkpoint without tokenizer.json has the same ids") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : qwen_goldens()) {
    const GenerativeGoldens goldens(folder);
    const test::TemporaryFolder copy;
    copy_changed(folder / "checkpoint", copy.path() / "model", nlohmann::json::object());
    fs::remove(copy.path() / "model" / "tokenizer.json");
    const auto plain = qwen_model(folder / "checkpoint");
    const auto other = qwen_model(copy.path() / "model");
    const at::Tensor features = at::zeros({3, 1});
    for (const test::GoldenPrompt& prompt : goldens.prompts()) {
      const ProcessedImage image = plain->preprocess(goldens.picture(prompt.image));
      CHECK(other->prompt(prompt.query, image, features).ids == plain->prompt(prompt.query, image, features).ids);
    }
  }
}

TEST_CASE("16-bit types stay near float32") {
  if (!test::goldens_present("generative")) return;
  const c10::InferenceMode frozen;
  for (const auto& folder : qwen_goldens()) {
    const GenerativeGoldens goldens(folder);
    for (const auto dtype : {c10::kBFloat16, c10::kHalf}) {
      const auto model = golden_qwen(folder, {}, dtype);
      const std::string name = goldens.images().front();
      const at::Tensor features = model->encode_image(model->preprocess(goldens.picture(name)));
      CHECK((features.scalar_type() == dtype));
      const at::Tensor expected = goldens["image." + name + ".features"];
      CHECK(at::cosine_similarity(features.to(at::kFloat), expected, 1).min().item<double>() > 0.99);
    }
  }
}

TEST_CASE("windows cover the picture once, each of them one rectangle") {
  using Case = std::tuple<int, int, int>;
  for (const auto& [rows, columns, side] : {Case(4, 4, 2), Case(5, 7, 3), Case(2, 9, 4), Case(1, 1, 8)}) {
    const qwen_vl::PatchGrid grid{rows * 2, columns * 2, 2};
    const auto windows = qwen_vl::WindowOrder::of(grid, side);
    CHECK(at::equal(std::get<0>(windows.order.sort()), at::arange(rows * columns, at::kLong)));
    std::int64_t first = 0;
    for (const auto& run : windows.runs) {
      for (std::int64_t i = 0; i < run.windows; ++i, first += run.length / 4) {
        const at::Tensor cells = windows.order.narrow(0, first, run.length / 4);
        const at::Tensor row = cells.div(columns, "floor");
        const at::Tensor column = cells.remainder(columns);
        CHECK(at::equal(row.div(side, "floor"), row[0].div(side, "floor").expand_as(row)));
        CHECK(at::equal(column.div(side, "floor"), column[0].div(side, "floor").expand_as(column)));
      }
    }
    CHECK(first == rows * columns);
  }
}

TEST_CASE("layers have the checkpoint's names, and gradients reach the merger") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : qwen_goldens()) {
    const GenerativeGoldens goldens(folder);
    const auto model = golden_qwen(folder);
    const auto layers = model->layers();
    const auto layer = [&](const std::string& name) {
      const auto found =
          std::find_if(layers.begin(), layers.end(), [&](const NamedLayer& each) { return each.name == name; });
      REQUIRE_MESSAGE(found != layers.end(), name);
      return *found;
    };
    CHECK(layer("visual.blocks.0.attn.qkv").part == "vision");
    CHECK(layer("model.layers.1.self_attn.q_proj").part == "language");
    const NamedLayer merger = layer("visual.merger.mlp.0");
    CHECK(merger.part == "projector");
    const at::Tensor weight = merger.layer->weight().to(at::kFloat).clone().requires_grad_();
    merger.layer->set_weight(weight);
    const ProcessedImage image = model->preprocess(goldens.picture(goldens.images().front()));
    model->encode_image(image).pow(2).sum().backward();
    REQUIRE(weight.grad().defined());
    CHECK(weight.grad().abs().max().item<double>() > 0);
  }
}

TEST_CASE("a checkpoint that does not fit its config names every tensor") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : qwen_goldens()) {
    const test::TemporaryFolder copy;
    const auto config = test::read_golden_json(folder / "checkpoint" / "config.json");
    const std::int64_t depth = config.at("vision_config").at("depth");
    copy_changed(folder / "checkpoint", copy.path() / "model", {{"vision_config", {{"depth", depth + 1}}}});
    const auto model = qwen_model(copy.path() / "model");
    try {
      model->load(c10::kCPU, c10::kFloat);
      FAIL("it loaded");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::checkpoint);
      for (const char* part : {".attn.qkv.weight", ".norm1.weight", ".attn.proj.bias"}) {
        const std::string name = "visual.blocks." + std::to_string(depth) + part;
        CHECK_MESSAGE(std::string(error.what()).find(name) != std::string::npos, error.what());
      }
    }
  }
}

TEST_CASE("a processor that cuts other patches than the tower takes is refused") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : qwen_goldens()) {
    const test::TemporaryFolder copy;
    copy_changed(folder / "checkpoint", copy.path() / "model", {{"vision_config", {{"spatial_merge_size", 1}}}});
    try {
      qwen_model(copy.path() / "model");
      FAIL("accepted");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::checkpoint);
      CHECK_MESSAGE(std::string(error.what()).find("merge_size") != std::string::npos, error.what());
    }
  }
}
