#include "vila_model.hpp"

#include <algorithm>
#include <array>

#include <ATen/ATen.h>

#include "medvlm/sdk/checkpoint/model_folder.hpp"
#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::vila {

using sdk::language::GenerationSettings;
using sdk::language::Prompt;

namespace {

/// The processor of the tower; `resize` is always bicubic.
sdk::ImageProcessor read_processor(const VilaConfig& config, sdk::PassOrder order) {
  const sdk::ImageProcessor processor = sdk::read_image_processor(config.vision, order);
  if (config.shaping != Shaping::resize) return processor;
  sdk::ProcessorConfig steps = processor.config();
  const int side = static_cast<int>(config.tower.image_size);
  steps.resize = sdk::ProcessorConfig::Target{0, {side, side}};
  steps.crop.reset();
  steps.filter = sdk::Filter::bicubic;
  return sdk::ImageProcessor(steps);
}

/// int(mean * 255) of each channel.
std::array<std::uint8_t, 3> mean_colour(const sdk::ImageProcessor& processor) {
  std::array<std::uint8_t, 3> colour{};
  const auto& normalize = processor.config().normalize;
  for (std::size_t c = 0; normalize && c < 3; ++c) {
    colour[c] = static_cast<std::uint8_t>(std::clamp(normalize->mean[c], 0.0, 1.0) * 255);
  }
  return colour;
}

/// As the checkpoint says; an answer also ends where Llama 3 ends its turn.
GenerationSettings read_settings(const VilaConfig& config, const sdk::Tokenizer& tokenizer) {
  GenerationSettings family;
  family.max_new_tokens = 1024;
  family.top_k = 50;  // the reference library's own default where sampling is on
  GenerationSettings settings = sdk::language::read_generation_settings(config.language, family);
  const auto turn_end = tokenizer.find_id("<|eot_id|>");
  if (turn_end && std::count(settings.stop.begin(), settings.stop.end(), *turn_end) == 0) {
    settings.stop.push_back(*turn_end);
  }
  return settings;
}

/// What is asked: without white space at its end, because the chat template trims the turn, which begins with the
/// image; and without images of its own, as in VILA's code, which then trims the beginning too.
std::string asked(std::string_view question) {
  constexpr std::string_view kMarker = "<image>";
  const bool marked = question.find(kMarker) != question.npos;
  return sdk::stripped(sdk::language::without_marker(question, kMarker), marked, true);
}

/// Every file beside the weights that determines the outputs.
std::vector<std::filesystem::path> small_files(const VilaConfig& config, const sdk::Tokenizer& tokenizer) {
  std::vector<std::filesystem::path> files = {
      config.language.parent_path() / "config.json", config.language / "config.json", config.vision / "config.json",
      config.vision / "preprocessor_config.json",    config.projector / "config.json", tokenizer.path()};
  for (const char* name : {"tokenizer_config.json", "special_tokens_map.json", "generation_config.json"}) {
    if (std::filesystem::exists(config.language / name)) files.push_back(config.language / name);
  }
  return files;
}

}  // namespace

VilaModel::VilaModel(const Options& options)
    : AnsweringModel("VILA", sdk::language::too_long_from_name(options.text("too_long"))),
      config_(read_vila_config(sdk::checked_checkpoint_folder(options.path("checkpoint")))),
      processor_(read_processor(config_, sdk::pass_order_from_name(options.text("resizing")))),
      tokenizer_(sdk::Tokenizer::from_folder(config_.language)),
      newline_(tokenizer_.encode("\n")),
      template_(vila_template(options, config_, tokenizer_)),
      tower_(config_.tower),
      projector_(config_.tower.transformer.width, config_.decoder.width,
                 block_order_from_name(options.text("block_order"))),
      decoder_(config_.decoder) {
  sdk::check_token_ids(at::tensor(newline_, at::kLong), config_.decoder.vocabulary, tokenizer_.path());
  tower_.declare(add_part(config_.vision), "vision_model");
  projector_.declare(add_part(config_.projector));
  decoder_.declare(add_part(config_.language), "model", "lm_head");
  describe(small_files(config_, tokenizer_), read_settings(config_, tokenizer_));
}

ProcessedImage VilaModel::preprocess(const Image& image) const {
  if (config_.shaping != Shaping::pad) return {processor_(image), {}};
  return {processor_(sdk::pad_to_square(image, mean_colour(processor_))), {}};
}

std::string VilaModel::preprocessing_identity() const {
  return (config_.shaping == Shaping::pad ? "padded to a square, " : "") + processor_.identity();
}

std::string VilaModel::part_of(const std::string& layer) const {
  // The projector's tensors are called "layers.1.weight" and so on in their own folder.
  return layer.starts_with("layers.") ? "projector" : AnsweringModel::part_of(layer);
}

at::Tensor VilaModel::see(const ProcessedImage& image) const {
  const at::Tensor pixels = sdk::stack_images(std::span(&image, 1), config_.tower.image_size, config_.vision);
  return tower_.forward(pixels.to(device(), dtype()));
}

at::Tensor VilaModel::encode_image(const ProcessedImage& image) const {
  const at::Tensor newline = at::tensor(newline_, at::kLong).to(device());
  return at::cat({projector_.forward(see(image))[0], decoder_.embed(newline, dtype())});
}

Prompt VilaModel::prompt(std::string_view question, const ProcessedImage&, const at::Tensor& features) const {
  const auto text = template_.render(asked(question));
  Prompt prompt;
  // Tokenised as a text for itself: the tokenizer puts its start token before the one of the template.
  prompt.ids = tokenizer_.encode(text.before);
  prompt.images.push_back({static_cast<std::int64_t>(prompt.ids.size()), features});
  prompt.ids.insert(prompt.ids.end(), static_cast<std::size_t>(features.size(0)), sdk::language::kImagePlace);
  const auto after = tokenizer_.encode(text.after, false);
  prompt.ids.insert(prompt.ids.end(), after.begin(), after.end());
  return prompt;
}

}  // namespace medvlm::vila
