// Gemma 3 against the reference library: pixels, features, prompts, logits, answers. Every golden folder of the family
// that is found is run.
#include <stdexcept>

#include "gemma3_goldens.hpp"
#include "generative_checks.hpp"

using namespace medvlm;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

/// A golden prompt's question, and the system text before it.
struct Asked {
  std::string system, question;
};

/// `prompt` is an entry of prompts.json, its question one of the goldens'.
Asked asked(const json& prompt, const test::GenerativeGoldens& goldens) {
  const std::string begin = "<bos><start_of_turn>user\n";
  const std::string text = prompt.at("prompt");
  for (const test::GoldenPrompt& each : goldens.prompts()) {
    const std::size_t place = text.find(sdk::stripped(each.query) + "<start_of_image>");
    if (place == text.npos) continue;
    const std::string before = text.substr(begin.size(), place - begin.size());
    return {before.empty() ? before : before.substr(0, before.size() - 2), each.query};
  }
  throw std::runtime_error("no golden question in " + text);
}

std::unique_ptr<gemma3::Gemma3Model> loaded(const fs::path& folder, const std::string& system) {
  auto model = test::gemma3_model(folder / "checkpoint", {{"system", Value(system)},
                                                          {"resizing", Value(test::generative_resizing(folder))}});
  model->load(at::kCPU, at::kFloat);
  return model;
}

/// With the system text of the folder's prompts: MedGemma's have one.
std::unique_ptr<gemma3::Gemma3Model> loaded(const fs::path& folder) {
  const json prompts = test::read_golden_json(folder / "prompts.json").at("prompts");
  return loaded(folder, asked(prompts.at(0), test::GenerativeGoldens(folder)).system);
}

/// All questions of a folder on one picture, together and alone.
void check_sharing(const fs::path& folder, const Value::Table& options) {
  const test::GenerativeGoldens goldens(folder);
  const auto model = test::gemma3_model(folder / "checkpoint", options);
  model->load(at::kCPU, at::kFloat);
  const c10::InferenceMode frozen;
  const ProcessedImage image = model->preprocess(goldens.picture(goldens.images().front()));
  std::vector<Question> questions;
  for (const auto& each : goldens.prompts()) questions.push_back({each.query, &image, 0});
  Generation generation;
  generation.max_new_tokens = 8;
  const auto together = model->answer(questions, generation);
  for (std::size_t i = 0; i < questions.size(); ++i) {
    CAPTURE(i);
    CHECK(model->answer(std::span(&questions[i], 1), generation).front().text == together[i].text);
  }
}

}  // namespace

TEST_CASE("there are Gemma 3 goldens") {
  if (!test::goldens_present("generative")) return;
  CHECK_FALSE(test::gemma3_goldens().empty());
}

TEST_CASE("pictures become the reference's pixels, patches and features") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : test::gemma3_goldens()) {
    const test::GenerativeGoldens goldens(folder);
    const auto model = loaded(folder);
    test::check_golden_images(goldens, *model);
    const c10::InferenceMode frozen;
    for (const auto& name : goldens.images()) {
      const at::Tensor pixels = model->preprocess(goldens.picture(name)).pixels;
      goldens.check("image." + name + ".vision_hidden", "features", model->vision().forward(pixels));
    }
  }
}

TEST_CASE("prompts, logits and greedy answers are the reference's") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : test::gemma3_goldens()) {
    const test::GenerativeGoldens goldens(folder);
    const auto model = loaded(folder);
    test::check_golden_prompts(goldens, *model);
    test::check_golden_batches(goldens, *model);
    test::check_golden_answers(goldens, *model);
    CHECK(model->settings().stop == goldens.about().at("eos_token_ids").get<std::vector<std::int64_t>>());
    CHECK_FALSE(model->settings().sample);
  }
}

TEST_CASE("MedGemma's conversation has a system text") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : test::gemma3_goldens()) {
    const test::GenerativeGoldens goldens(folder);
    const json extras = test::read_golden_json(folder / "prompts.json").at("extras");
    for (const json& extra : extras) {
      const auto [system, question] = asked(extra, goldens);
      const auto model = loaded(folder, system);
      const c10::InferenceMode frozen;
      const ProcessedImage image = model->preprocess(goldens.picture(extra.at("image")));
      test::check_golden_prompt(goldens, *model, "extra." + extra.at("name").get<std::string>(),
                                model->prompt(question, image, model->encode_image(image)),
                                test::golden_settings(goldens, *model));
    }
  }
}

TEST_CASE("a shared beginning does not change answers, be it text or the image") {
  if (!test::goldens_present("generative")) return;
  const std::string image_first = "<bos><start_of_turn>user\n{image}{question}<end_of_turn>\n<start_of_turn>model\n";
  for (const auto& folder : test::gemma3_goldens()) {
    check_sharing(folder, {{"system", Value("You answer questions about images of organs, at length.")}});
    check_sharing(folder, {{"template", Value(image_first)}});
  }
}

TEST_CASE("equal questions, which need no padding, share their beginning beyond the window") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : test::gemma3_goldens()) {
    const test::GenerativeGoldens goldens(folder);
    const auto model = loaded(folder, "You answer questions about images of organs, at length.");
    const c10::InferenceMode frozen;
    const ProcessedImage image = model->preprocess(goldens.picture(goldens.images().front()));
    const Question twice[] = {{"Is it a lung?", &image, 0}, {"Is it a lung?", &image, 0}};
    Generation generation;
    generation.max_new_tokens = 8;
    const auto alone = model->answer(std::span(twice, 1), generation);
    for (const Answer& answer : model->answer(twice, generation)) CHECK(answer.text == alone.front().text);
  }
}

TEST_CASE("bfloat16 and float16 give features near float32's") {
  if (!test::goldens_present("generative")) return;
  for (const auto& folder : test::gemma3_goldens()) {
    const test::GenerativeGoldens goldens(folder);
    const c10::InferenceMode frozen;
    for (const auto dtype : {at::kBFloat16, at::kHalf}) {
      const auto model = test::gemma3_model(folder / "checkpoint");
      model->load(at::kCPU, dtype);
      const std::string name = goldens.images().front();
      const ProcessedImage image = model->preprocess(goldens.picture(name));
      const at::Tensor features = model->encode_image(image);
      CHECK((features.scalar_type() == dtype));
      const at::Tensor exact = goldens["image." + name + ".features"].view(features.sizes());
      CHECK(at::cosine_similarity(exact, features.to(at::kFloat), 1).min().item<double>() > 0.99);
      Generation generation;
      generation.max_new_tokens = 3;
      const Question question{"Is it a lung?", &image, 0};
      CHECK(model->answer(std::span(&question, 1), generation).front().new_tokens > 0);
    }
  }
}
