#include "internvl_model.hpp"

#include <ATen/ATen.h>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::internvl {
namespace {

using sdk::language::PromptTemplate;

/// The system message of the conversation "internvl2_5", which all InternVL3 models were trained with.
constexpr const char* kOriginalSystem =
    "你是书生·万象，英文名是InternVL，是由上海人工智能实验室、清华大学及多家合作单位联合开发的多模态大语言模型。";

/// The original code puts the picture before the question; the original benchmark, which loads -hf, behind it.
std::string default_template(bool original, bool system) {
  const std::string turn = system ? "<|im_start|>system\n{system}<|im_end|>\n" : "";
  const std::string content = original ? "{image}\n{question}" : "{question}{image}\n";
  return turn + "<|im_start|>user\n" + content + "<|im_end|>\n<|im_start|>assistant\n";
}

PromptTemplate make_template(const Options& options, const InternVlConfig& config,
                             const std::filesystem::path& folder) {
  const bool original = is_original(config);
  std::string system = options.text("system");
  if (system == "family") system = original ? kOriginalSystem : "";
  if (!options.text("template").empty()) return PromptTemplate(options.text("template"), system);
  if (original && config.conversation != "internvl2_5") {
    throw Error(ErrorCode::checkpoint, "'" + (folder / "config.json").string() + "': template: is '" +
                                           config.conversation + "', but only 'internvl2_5' is known; write the chat " +
                                           "prompt of this model into the option `template`");
  }
  return PromptTemplate(default_template(original, !system.empty()), system);
}

sdk::language::GenerationSettings generation_settings(const std::filesystem::path& folder) {
  sdk::language::GenerationSettings family;
  family.max_new_tokens = 200;  // as in the original benchmark
  return sdk::language::read_generation_settings(folder, family);
}

}  // namespace

InternVlModel::InternVlModel(const Options& options)
    : AnsweringModel("InternVL", sdk::language::too_long_from_name(options.text("too_long"))),
      folder_(sdk::checked_checkpoint_folder(options.path("checkpoint"))),
      config_(read_internvl_config(folder_)),
      tiler_(folder_, config_, sdk::pass_order_from_name(options.text("resizing"))),
      tokenizer_(sdk::Tokenizer::from_folder(folder_)),
      template_(make_template(options, config_, folder_)),
      vision_(config_.vision, config_.layout),
      projector_(config_),
      decoder_(config_.text) {
  if (options.has("max_tiles")) tiler_.set_maximum(options.integer("max_tiles"));
  check_tiles();
  read_marks();
  auto& parameters = add_part(folder_);
  vision_.declare(parameters);
  projector_.declare(parameters);
  decoder_.declare(parameters, "language_model.model", "language_model.lm_head");
  auto settings = generation_settings(folder_);
  // The original's chat code ends an answer here and nowhere else, whatever generation_config.json says.
  if (is_original(config_)) settings.stop = {tokenizer_.id("<|im_end|>")};
  describe(sdk::model_files(folder_, {"config.json", "preprocessor_config.json", "generation_config.json",
                                      "tokenizer.json", "vocab.json", "merges.txt", "added_tokens.json",
                                      "tokenizer_config.json", "special_tokens_map.json"}),
           settings);
}

void InternVlModel::check_tiles() const {
  const std::int64_t grid = tiler_.tiling().size / config_.vision.tower.patch_size;
  const auto fail = [&](const std::string& complaint) {
    throw Error(ErrorCode::checkpoint, "'" + folder_.string() + "': tiles of " + std::to_string(tiler_.tiling().size) +
                                           " pixels have " + std::to_string(grid) + " patches a side, " + complaint);
  };
  if (grid < 1 || grid % config_.shuffle != 0) {
    fail("which cannot be merged by " + std::to_string(config_.shuffle) +
         " (config.json: patch_size, downsample_ratio and force_image_size; preprocessor_config.json: size)");
  }
  const std::int64_t features = (grid / config_.shuffle) * (grid / config_.shuffle);
  if (features != config_.features_per_tile.value_or(features)) {
    fail("which makes " + std::to_string(features) + " features, but config.json says image_seq_length " +
         std::to_string(*config_.features_per_tile));
  }
}

void InternVlModel::read_marks() {
  std::string context = "<IMG_CONTEXT>";
  if (const auto file = folder_ / "tokenizer_config.json"; !is_original(config_) && std::filesystem::exists(file)) {
    const auto marks = sdk::HfConfig::from_file(file);
    image_begin_ = marks.text("start_image_token", image_begin_);
    image_end_ = marks.text("end_image_token", image_end_);
    context = marks.text("context_image_token", context);
  }
  image_token_ = tokenizer_.id(context);
  for (const std::string& mark : {image_begin_, image_end_}) tokenizer_.id(mark);  // throws where there is none
  if (image_token_ != config_.image_token.value_or(image_token_) || image_token_ >= config_.text.vocabulary) {
    throw Error(ErrorCode::checkpoint, "'" + tokenizer_.path().string() + "' gives " + context + " the id " +
                                           std::to_string(image_token_) + ", which is not the image_token_id of " +
                                           "config.json or lies beyond its vocab_size: they belong to different " +
                                           "checkpoints");
  }
}

at::Tensor InternVlModel::encode_image(const ProcessedImage& image) const {
  return projector_.forward(vision_.forward(image.pixels.to(device(), dtype()))).flatten(0, 1);
}

sdk::language::Prompt InternVlModel::prompt(std::string_view question, const ProcessedImage&,
                                            const at::Tensor& features) const {
  const auto [before, after] = template_.render(question);
  sdk::language::Prompt prompt;
  prompt.ids = tokenizer_.encode(before + image_begin_);
  prompt.images.push_back({static_cast<std::int64_t>(prompt.ids.size()), features});
  prompt.ids.insert(prompt.ids.end(), static_cast<std::size_t>(features.size(0)), image_token_);
  const auto rest = tokenizer_.encode(image_end_ + after, /*add_special=*/false);
  prompt.ids.insert(prompt.ids.end(), rest.begin(), rest.end());
  return prompt;
}

}  // namespace medvlm::internvl
