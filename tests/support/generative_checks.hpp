// What every generative family is held to, whatever its tower, its prompt and its decoder are.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include "generative_goldens.hpp"
#include "medvlm/sdk/language/answering_model.hpp"
#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::test {

using sdk::language::AnsweringModel;
using sdk::language::GenerationSettings;
using sdk::language::Prompt;

/// The pictures as decoded and preprocessed, and their features. The model is loaded in float32.
inline void check_golden_images(const GenerativeGoldens& goldens, const AnsweringModel& model) {
  const c10::InferenceMode frozen;
  REQUIRE_FALSE(goldens.images().empty());
  for (const std::string& name : goldens.images()) {
    const Image image = goldens.picture(name);
    const at::Tensor rgb = goldens["image." + name + ".rgb"].contiguous();
    REQUIRE(rgb.numel() == static_cast<std::int64_t>(image.pixels.size()));
    CHECK(std::equal(image.pixels.begin(), image.pixels.end(), rgb.const_data_ptr<std::uint8_t>()));
    const ProcessedImage processed = model.preprocess(image);
    goldens.check("image." + name + ".pixel_values", "pixel_values", processed.pixels);
    goldens.check("image." + name + ".features", "features", model.encode_image(processed));
  }
}

/// Greedy decoding of as many tokens as the goldens have, with nothing else of generation_config.json but the stop tokens.
inline GenerationSettings golden_settings(const GenerativeGoldens& goldens, const AnsweringModel& model) {
  GenerationSettings settings = model.settings();
  settings.sample = false;
  settings.repetition_penalty = 1;
  settings.max_new_tokens = goldens.about().at("new_tokens");
  return settings;
}

/// All prompts of a folder, questions on one picture with the same features.
struct GoldenPrompts {
  std::map<std::string, ProcessedImage> images;
  std::map<std::string, at::Tensor> features;
  std::vector<Prompt> prompts;

  GoldenPrompts(const GenerativeGoldens& goldens, const AnsweringModel& model) {
    for (const GoldenPrompt& each : goldens.prompts()) {
      if (!images.contains(each.image)) {
        images[each.image] = model.preprocess(goldens.picture(each.image));
        features[each.image] = model.encode_image(images[each.image]);
      }
      prompts.push_back(model.prompt(each.query, images[each.image], features[each.image]));
    }
  }
};

/// One prompt: ids, positions, logits where the goldens have them, greedy ids and their text.
inline void check_golden_prompt(const GenerativeGoldens& goldens, const AnsweringModel& model, const std::string& key,
                                const Prompt& prompt, const GenerationSettings& settings) {
  const c10::InferenceMode frozen;
  CAPTURE(goldens.folder().string());
  CAPTURE(key);
  CHECK(prompt.ids == goldens.ids(key + ".input_ids"));
  if (goldens.has(key + ".position_ids") && prompt.positions.defined()) {
    CHECK(at::equal(prompt.positions.reshape(-1), goldens[key + ".position_ids"].to(at::kLong).reshape(-1)));
  }
  if (prompt.ids.size() != goldens.ids(key + ".input_ids").size()) return;
  if (goldens.has(key + ".logits")) goldens.check(key + ".logits", "logits", model.generator().logits(prompt));
  const auto answers = model.generator().generate(std::span(&prompt, 1), settings, {});
  CHECK(answers.at(0).ids == goldens.ids(key + ".greedy_ids"));
  CHECK(model.decode(goldens.ids(key + ".greedy_ids")) == sdk::stripped(goldens.text(key)));
}

inline void check_golden_prompts(const GenerativeGoldens& goldens, const AnsweringModel& model) {
  const c10::InferenceMode frozen;
  const GoldenPrompts golden(goldens, model);
  const GenerationSettings settings = golden_settings(goldens, model);
  for (std::size_t i = 0; i < golden.prompts.size(); ++i) {
    check_golden_prompt(goldens, model, goldens.prompts()[i].key, golden.prompts[i], settings);
  }
}

/// Answers do not depend on their batch: alone, in pairs, all together, with and without shared prefixes.
inline void check_golden_batches(const GenerativeGoldens& goldens, const AnsweringModel& model) {
  const c10::InferenceMode frozen;
  const GoldenPrompts golden(goldens, model);
  const GenerationSettings settings = golden_settings(goldens, model);
  for (const bool shared : {false, true}) {
    for (const std::size_t batch : {std::size_t{2}, golden.prompts.size()}) {
      CAPTURE(shared);
      CAPTURE(batch);
      for (std::size_t first = 0; first < golden.prompts.size(); first += batch) {
        const auto part = std::span(golden.prompts).subspan(first, std::min(batch, golden.prompts.size() - first));
        const auto answers = model.generator({shared}).generate(part, settings, {});
        for (std::size_t i = 0; i < part.size(); ++i) {
          const std::string& key = goldens.prompts()[first + i].key;
          CAPTURE(key);
          CHECK(answers[i].ids == goldens.ids(key + ".greedy_ids"));
        }
      }
    }
  }
}

/// The whole way through the interface that the program uses.
inline void check_golden_answers(const GenerativeGoldens& goldens, AnsweringModel& model) {
  const c10::InferenceMode frozen;
  std::map<std::string, ProcessedImage> images;
  std::vector<Question> questions;
  for (const GoldenPrompt& each : goldens.prompts()) {
    if (!images.contains(each.image)) images[each.image] = model.preprocess(goldens.picture(each.image));
  }
  for (const GoldenPrompt& each : goldens.prompts()) questions.push_back({each.query, &images[each.image], 0});
  Generation generation;
  generation.max_new_tokens = goldens.about().at("new_tokens").get<std::int64_t>();
  generation.temperature = 0;
  generation.repetition_penalty = 1;
  const auto answers = model.answer(questions, generation);
  REQUIRE(answers.size() == questions.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::string& key = goldens.prompts()[i].key;
    CAPTURE(key);
    CHECK_FALSE(answers[i].error.has_value());
    CHECK(answers[i].text == sdk::stripped(goldens.text(key)));
    CHECK(answers[i].prompt_tokens == goldens[key + ".input_ids"].numel());
    CHECK(answers[i].new_tokens == goldens[key + ".greedy_ids"].numel());
  }
}

}  // namespace medvlm::test
