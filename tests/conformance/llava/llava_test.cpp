// LLaVA against the reference libraries: pixels, features, prompts, logits, greedy answers. Every golden folder of the
// family that is found is run.
#include <doctest/doctest.h>

#include "generative_checks.hpp"
#include "llava_model.hpp"
#include "medvlm/base/files.hpp"
#include "temporary_folder.hpp"

using namespace medvlm;
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> llava_goldens() {
  return test::generative_goldens([](const fs::path& folder) {
    // VILA has the type llava_llama too, with the language model in a folder of its own.
    return test::has_generative_type(folder, {"llava", "llava_llama", "llava_mistral"}) &&
           !fs::exists(folder / "checkpoint" / "llm");
  });
}

using Settings = std::vector<std::pair<std::string, std::string>>;

std::unique_ptr<llava::LlavaModel> llava_model(const fs::path& checkpoint, const std::string& resizing = "pillow_13",
                                               const Settings& settings = {}) {
  Value::Table table = {{"checkpoint", Value(checkpoint.string())}, {"vision_tower", Value("")}, {"template", Value("")},
                        {"system", Value("family")}, {"too_long", Value("truncate")}, {"resizing", Value(resizing)}};
  for (const auto& [key, value] : settings) {
    for (auto& [name, old] : table) {
      if (name == key) old = Value(value);
    }
  }
  return std::make_unique<llava::LlavaModel>(Options(table));
}

std::unique_ptr<llava::LlavaModel> loaded(const fs::path& folder, const Settings& settings = {}) {
  auto model = llava_model(folder / "checkpoint", test::generative_resizing(folder), settings);
  model->load(at::kCPU, at::kFloat);
  return model;
}

/// The copy of a golden folder with one text in its config.json changed. The error names `part`.
void check_refused(const fs::path& folder, const std::string& key, const nlohmann::json& value, const std::string& part) {
  const test::TemporaryFolder copy;
  fs::copy(folder, copy.path(), fs::copy_options::recursive);
  const fs::path file = copy.path() / "checkpoint" / "config.json";
  auto config = test::read_golden_json(file);
  config[key] = value;
  write_file_atomically(file, config.dump());
  try {
    llava_model(copy.path() / "checkpoint");
    FAIL(key << " was accepted");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::checkpoint);
    CHECK_MESSAGE(std::string(error.what()).find(part) != std::string::npos, error.what());
    CHECK_MESSAGE(std::string(error.what()).find("config.json") != std::string::npos, error.what());
  }
}

}  // namespace

TEST_CASE("there are LLaVA goldens") {
  if (!test::goldens_present("generative")) return;
  CHECK_FALSE(llava_goldens().empty());
}

TEST_CASE("pictures become the reference's pixels and features") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : llava_goldens()) {
    const test::GenerativeGoldens goldens(folder);
    const auto model = loaded(folder);
    test::check_golden_images(goldens, *model);
    const c10::InferenceMode frozen;
    for (const auto& name : goldens.images()) {
      goldens.check("image." + name + ".vision_hidden", "features",
                    model->tower_features(model->preprocess(goldens.picture(name))));
    }
  }
}

TEST_CASE("prompts, logits and greedy answers are the reference's") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : llava_goldens()) {
    const test::GenerativeGoldens goldens(folder);
    auto model = loaded(folder);
    test::check_golden_prompts(goldens, *model);
    test::check_golden_batches(goldens, *model);
    test::check_golden_answers(goldens, *model);
  }
}

TEST_CASE("a template of the user's own is followed") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : llava_goldens()) {
    const test::GenerativeGoldens goldens(folder);
    if (!goldens.has("extra.hub_chat_template.input_ids")) continue;
    const auto model = loaded(folder, {{"template", "USER: {image}\n{question} ASSISTANT:"}});
    const c10::InferenceMode frozen;
    const auto& first = goldens.prompts().front();
    const ProcessedImage image = model->preprocess(goldens.picture(first.image));
    test::check_golden_prompt(goldens, *model, "extra.hub_chat_template",
                              model->prompt(first.query, image, model->encode_image(image)),
                              test::golden_settings(goldens, *model));
  }
}

TEST_CASE("a question that is too long is cut on the left, or refused") {
  if (!test::goldens_present("generative")) return;
  const auto context_of = [](const fs::path& each) { return llava_model(each / "checkpoint")->decoder().shape().context; };
  const auto folders = llava_goldens();
  const fs::path folder = *std::min_element(folders.begin(), folders.end(), [&](const fs::path& a, const fs::path& b) {
    return context_of(a) < context_of(b);
  });
  const test::GenerativeGoldens goldens(folder);
  std::string text;
  for (int i = 0; i < 1200; ++i) text += "lung " + std::to_string(i) + " ";
  text += "and what is it?";
  const auto ask = [&](const std::string& too_long) {
    const auto model = loaded(folder, {{"too_long", too_long}});
    const ProcessedImage image = model->preprocess(goldens.picture(goldens.images().front()));
    const Question questions[] = {{text, &image, 0}, {"Is it a lung?", &image, 0}};
    Generation generation;
    generation.max_new_tokens = 3;
    const c10::InferenceMode frozen;
    const auto answers = model->answer(questions, generation);
    CHECK_FALSE(answers[1].error.has_value());
    CHECK(answers[1].new_tokens > 0);
    return answers[0];
  };
  const Answer cut = ask("truncate");
  CHECK_FALSE(cut.error.has_value());
  const std::int64_t context = context_of(folder);
  CHECK(cut.prompt_tokens <= context - 3);
  CHECK(cut.prompt_tokens > context / 2);
  CHECK(cut.new_tokens > 0);
  const Answer refused = ask("error");
  REQUIRE(refused.error.has_value());
  CHECK(refused.error->message.find("context") != std::string::npos);
}

TEST_CASE("what does not fit is refused with file, key and cure") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : llava_goldens()) {
    check_refused(folder, "model_type", "clip", "medvlm list");
    const bool original = test::read_golden_json(folder / "checkpoint" / "config.json").contains("mm_vision_tower");
    if (original) {
      check_refused(folder, "mm_vision_tower", "openai/another", "vision_tower");
      check_refused(folder, "mm_projector_type", "resampler", "mlp2x_gelu");
      check_refused(folder, "num_key_value_heads", 7, "num_key_value_heads");
    } else {
      check_refused(folder, "vision_feature_layer", -9, "vision_feature_layer");
    }
  }
}

TEST_CASE("a checkpoint in sub-folders belongs to another family") {
  if (!test::goldens_present("generative")) return;
  check_refused(llava_goldens().front(), "llm_cfg", nlohmann::json::object(), "medvlm list");
}

TEST_CASE("a tokenizer of another checkpoint is told by its ids") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : llava_goldens()) {
    if (!fs::exists(folder / "checkpoint" / "tokenizer.json")) continue;
    const test::TemporaryFolder copy;
    fs::copy(folder, copy.path(), fs::copy_options::recursive);
    const fs::path file = copy.path() / "checkpoint" / "tokenizer.json";
    auto tokenizer = test::read_golden_json(file);
    tokenizer["model"]["vocab"]["?"] = 99999;
    write_file_atomically(file, tokenizer.dump());
    const auto model = loaded(copy.path());
    const test::GenerativeGoldens goldens(copy.path());
    const ProcessedImage image = model->preprocess(goldens.picture(goldens.images().front()));
    const Question question{"Is it?", &image, 0};
    Generation generation;
    generation.max_new_tokens = 2;
    const c10::InferenceMode frozen;
    const auto answers = model->answer(std::span(&question, 1), generation);
    REQUIRE(answers.at(0).error.has_value());
    CHECK((answers[0].error->code == ErrorCode::checkpoint));
    CHECK_MESSAGE(answers[0].error->message.find("99999") != std::string::npos, answers[0].error->message);
  }
}

TEST_CASE("a missing shard and a template without a place are refused") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : llava_goldens()) {
    CHECK_THROWS_AS(llava_model(folder / "checkpoint", "pillow_13", {{"template", "{question}"}}), Error);
    const test::TemporaryFolder copy;
    fs::copy(folder, copy.path(), fs::copy_options::recursive);
    for (const auto& entry : fs::directory_iterator(copy.path() / "checkpoint")) {
      const std::string name = entry.path().filename().string();
      if (name.find("-00001-of-") == name.npos) continue;
      fs::remove(entry.path());
      try {
        llava_model(copy.path() / "checkpoint")->load(at::kCPU, at::kFloat);
        FAIL("a checkpoint without " << name << " was accepted");
      } catch (const Error& error) {
        CHECK_MESSAGE(std::string(error.what()).find(name) != std::string::npos, error.what());
      }
      break;
    }
  }
}
