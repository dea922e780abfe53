#include "llava_model.hpp"

#include <ATen/ATen.h>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"
#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::llava {
namespace {

namespace language = sdk::language;

constexpr std::string_view kMarker = "<image>";
constexpr const char* kVicuna = "{system} USER: {image}\n{question} ASSISTANT:";
constexpr const char* kVicunaSystem =
    "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and "
    "polite answers to the user's questions.";
constexpr const char* kInstruct = "[INST] {image}\n{question} [/INST]";

/// Of the original benchmark.
constexpr std::int64_t kNewTokens = 1024;

language::PromptTemplate chosen_template(const Options& options, const LlavaConfig& config) {
  const std::string text = options.text("template"), system = options.text("system");
  return {text.empty() ? (config.instruct ? kInstruct : kVicuna) : text,
          system == "family" ? (config.instruct ? "" : kVicunaSystem) : system};
}

}  // namespace

LlavaModel::LlavaModel(const Options& options)
    : AnsweringModel("LLaVA", language::too_long_from_name(options.text("too_long"))),
      folder_(sdk::checked_checkpoint_folder(options.path("checkpoint"))),
      config_(read_llava_config(folder_, options.text("vision_tower"))),
      image_(config_, sdk::pass_order_from_name(options.text("resizing"))),
      tokenizer_(sdk::Tokenizer::from_folder(folder_)),
      template_(chosen_template(options, config_)),
      decoder_(config_.decoder),
      tower_(config_.tower),
      projector_first_(config_.tower.transformer.width, config_.decoder.width),
      projector_second_(config_.decoder.width, config_.decoder.width) {
  declare();
  language::GenerationSettings settings;
  settings.max_new_tokens = kNewTokens;
  std::vector<std::filesystem::path> files = {folder_ / "config.json", tokenizer_.path(),
                                              config_.preprocessor_folder / "preprocessor_config.json"};
  for (const char* name : {"tokenizer_config.json", "special_tokens_map.json", "generation_config.json"}) {
    if (std::filesystem::exists(folder_ / name)) files.push_back(folder_ / name);
  }
  describe(std::move(files), language::read_generation_settings(folder_, settings));
}

void LlavaModel::declare() {
  sdk::nn::ParameterList& main = add_part(folder_);
  sdk::nn::ParameterList& tower = config_.tower_folder == folder_ ? main : add_part(config_.tower_folder);
  tower_.declare(tower, config_.names.tower);
  projector_first_.declare(main, config_.names.projector_first);
  projector_second_.declare(main, config_.names.projector_second);
  decoder_.declare(main, config_.names.decoder, config_.names.head);
}

at::Tensor LlavaModel::tower_features(const ProcessedImage& image) const {
  const at::Tensor pixels = sdk::stack_images(std::span(&image, 1), config_.tower.image_size, config_.preprocessor_folder);
  const at::Tensor tokens = tower_.forward(pixels.to(device(), dtype()))[0];
  return config_.class_token ? tokens : tokens.narrow(0, 1, tokens.size(0) - 1);
}

at::Tensor LlavaModel::project(const at::Tensor& features) const {
  return projector_second_.forward(sdk::nn::activate(projector_first_.forward(features), config_.projector_activation));
}

at::Tensor LlavaModel::encode_image(const ProcessedImage& image) const { return project(tower_features(image)); }

language::Prompt LlavaModel::prompt(std::string_view question, const ProcessedImage&, const at::Tensor& features) const {
  const auto text = template_.render(sdk::stripped(language::without_marker(question, kMarker)));
  const auto count = static_cast<std::size_t>(features.size(0));
  language::Prompt prompt;
  if (config_.image_token < 0) {
    // The original code splits the text at the image, and keeps the start token of the first part only.
    prompt.ids = tokenizer_.encode(text.before, true);
    prompt.images = {{static_cast<std::int64_t>(prompt.ids.size()), features}};
    prompt.ids.insert(prompt.ids.end(), count, language::kImagePlace);
    for (const std::int64_t id : tokenizer_.encode(text.after, false)) prompt.ids.push_back(id);
    return prompt;
  }
  for (const std::int64_t id : tokenizer_.encode(text.before + std::string(kMarker) + text.after, true)) {
    if (id == config_.image_token) prompt.images.push_back({static_cast<std::int64_t>(prompt.ids.size()), features});
    prompt.ids.insert(prompt.ids.end(), id == config_.image_token ? count : 1, id);
  }
  if (prompt.images.size() == 1) return prompt;
  throw Error(ErrorCode::checkpoint, "'" + tokenizer_.path().string() + "' does not make one token of <image>, with the id " +
                                         std::to_string(config_.image_token) + " that config.json gives it");
}

}  // namespace medvlm::llava
