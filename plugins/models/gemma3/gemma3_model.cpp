#include "gemma3_model.hpp"

#include <array>

#include <ATen/ATen.h>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"
#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::gemma3 {
namespace {

using sdk::language::GenerationSettings;
using sdk::language::Prompt;
using sdk::language::PromptTemplate;

constexpr const char* kTemplate =
    "<bos><start_of_turn>user\n{system}{question}{image}<end_of_turn>\n<start_of_turn>model\n";
constexpr std::int64_t kNewTokens = 200;  // as the original benchmark

PromptTemplate read_template(const Options& options) {
  const std::string& text = options.text("template");
  const std::string& system = options.text("system");
  return PromptTemplate(text.empty() ? kTemplate : text, system.empty() ? "" : system + "\n\n");
}

/// Greedy unless the study asks for sampling, as in the original benchmark; top_k and top_p are the checkpoint's.
GenerationSettings read_settings(const std::filesystem::path& folder) {
  GenerationSettings family;
  family.max_new_tokens = kNewTokens;
  GenerationSettings settings = sdk::language::read_generation_settings(folder, family);
  settings.sample = false;
  return settings;
}

/// The texts before, between and after the images, with Gemma3Processor's words around crops.
std::vector<std::string> texts_around(const PromptTemplate::Rendered& text, std::int64_t images) {
  if (images == 1) return {text.before + "\n\n", "\n\n" + text.after};
  std::vector<std::string> texts{text.before + "Here is the original image \n\n",
                                 "\n\n and here are some crops to help you see better \n\n"};
  for (std::int64_t crop = 2; crop < images; ++crop) texts.emplace_back("\n\n \n\n");
  texts.push_back("\n\n" + text.after);
  return texts;
}

}  // namespace

Gemma3Model::Gemma3Model(const Options& options)
    : AnsweringModel("Gemma 3", sdk::language::too_long_from_name(options.text("too_long"))),
      folder_(sdk::checked_checkpoint_folder(options.path("checkpoint"))),
      config_(read_gemma3_config(folder_ / "config.json")),
      images_(folder_, options, config_.vision.image_size),
      tokenizer_(sdk::Tokenizer::from_folder(folder_)),
      template_(read_template(options)),
      vision_(config_.vision),
      projector_(config_),
      decoder_(config_.text) {
  check_tokenizer();
  sdk::nn::ParameterList& parameters = add_part(folder_);
  vision_.declare(parameters, "vision_tower.vision_model");
  projector_.declare(parameters, "multi_modal_projector");
  decoder_.declare(parameters, "language_model.model", "language_model.lm_head");
  describe(sdk::model_files(folder_, {"config.json", "preprocessor_config.json", "tokenizer.json", "tokenizer.model",
                                      "tokenizer_config.json", "generation_config.json"}),
           read_settings(folder_));
}

void Gemma3Model::check_tokenizer() const {
  struct Marker {
    const char* key;
    std::int64_t id;
    const char* usual;
  };
  const auto file = folder_ / "tokenizer_config.json";
  const sdk::HfConfig names = std::filesystem::exists(file) ? sdk::HfConfig::from_file(file)
                                                            : sdk::HfConfig::from_text("{}", file.string());
  const std::array<Marker, 3> markers{{{"boi_token", config_.image_begin, "<start_of_image>"},
                                       {"eoi_token", config_.image_end, "<end_of_image>"},
                                       {"image_token", config_.image_place, "<image_soft_token>"}}};
  for (const Marker& marker : markers) {
    const std::string text = names.text(marker.key, marker.usual);
    if (tokenizer_.encode(text, false) == std::vector<std::int64_t>{marker.id}) continue;
    throw Error(ErrorCode::checkpoint, "'" + tokenizer_.path().string() + "' does not read '" + text +
                                           "' as the token " + std::to_string(marker.id) + " of config.json (" +
                                           marker.key + "_index): they belong to different checkpoints");
  }
}

at::Tensor Gemma3Model::encode_image(const ProcessedImage& image) const {
  return projector_.forward(vision_.forward(image.pixels.to(device(), dtype()))).flatten(0, 1);
}

Prompt Gemma3Model::prompt(std::string_view question, const ProcessedImage& image, const at::Tensor& features) const {
  const std::int64_t images = image.pixels.size(0);
  const std::int64_t tokens = config_.image_tokens;
  const auto texts = texts_around(template_.render(sdk::stripped(question)), images);
  Prompt prompt;
  const auto add_text = [&](const std::string& text) {
    const auto ids = tokenizer_.encode(text, false);
    prompt.ids.insert(prompt.ids.end(), ids.begin(), ids.end());
  };
  for (std::int64_t i = 0; i < images; ++i) {
    add_text(texts[static_cast<std::size_t>(i)]);
    prompt.ids.push_back(config_.image_begin);
    prompt.images.push_back({std::ssize(prompt.ids), images == 1 ? features : features.narrow(0, i * tokens, tokens)});
    prompt.ids.insert(prompt.ids.end(), static_cast<std::size_t>(tokens), config_.image_place);
    prompt.ids.push_back(config_.image_end);
  }
  add_text(texts.back());
  return prompt;
}

}  // namespace medvlm::gemma3
