#include "qwen_vl_model.hpp"

#include <algorithm>

#include <ATen/ATen.h>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::qwen_vl {
namespace {

using sdk::language::Prompt;
namespace fs = std::filesystem;

constexpr const char* kTemplate =
    "<|im_start|>system\n{system}<|im_end|>\n"
    "<|im_start|>user\n<|vision_start|>{image}<|vision_end|>{question}<|im_end|>\n"
    "<|im_start|>assistant\n";
constexpr const char* kGrid = "image_grid_thw";

sdk::language::PromptTemplate prompt_template(const Options& options) {
  const std::string& chosen = options.text("template");
  return {chosen.empty() ? kTemplate : chosen, options.text("system")};
}

ProcessorOptions processor_options(const Options& options) {
  return {sdk::pass_order_from_name(options.text("resizing")), options.integer("min_pixels"),
          options.integer("max_pixels"), static_cast<int>(options.integer("fixed_size"))};
}

/// The same number for time, row and column: [3, count] from `first` on.
at::Tensor text_positions(std::int64_t first, std::int64_t count) {
  return at::arange(first, first + count, at::kLong).expand({3, count});
}

/// An image stands at one time; its features count rows and columns from there.
at::Tensor image_positions(std::int64_t first, std::int64_t rows, std::int64_t columns) {
  const at::Tensor row = at::arange(rows, at::kLong).unsqueeze(1).expand({rows, columns}).reshape(-1);
  const at::Tensor column = at::arange(columns, at::kLong).unsqueeze(0).expand({rows, columns}).reshape(-1);
  return at::stack({at::zeros_like(row), row, column}) + first;
}

}  // namespace

QwenVlModel::QwenVlModel(const Options& options)
    : QwenVlModel(options, sdk::checked_checkpoint_folder(options.path("checkpoint")),
                  read_qwen_config(sdk::checked_checkpoint_folder(options.path("checkpoint")) / "config.json")) {}

QwenVlModel::QwenVlModel(const Options& options, const fs::path& folder, const QwenConfig& config)
    : AnsweringModel(config.family, sdk::language::too_long_from_name(options.text("too_long"))),
      config_(config),
      processor_(folder, processor_options(options)),
      tokenizer_(sdk::Tokenizer::from_folder(folder)),
      template_(prompt_template(options)),
      vision_(config.vision),
      decoder_(config.decoder) {
  if (!(processor_.patch() == config_.vision.patch)) {
    throw Error(ErrorCode::checkpoint,
                "'" + (folder / "preprocessor_config.json").string() + "': patch_size, temporal_patch_size or " +
                    "merge_size is not what the vision_config of config.json says (spatial_merge_size there)");
  }
  auto& parameters = add_part(folder);
  vision_.declare(parameters, "visual");
  decoder_.declare(parameters, "model", "lm_head");
  describe(sdk::model_files(folder, {"config.json", "generation_config.json", "preprocessor_config.json",
                                     "tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json",
                                     "special_tokens_map.json", "added_tokens.json"}),
           sdk::language::read_generation_settings(folder, {}));
}

PatchGrid QwenVlModel::grid(const ProcessedImage& image) const {
  for (const auto& [name, value] : image.extras) {
    if (name != kGrid) continue;
    return {value[0][1].item<std::int64_t>(), value[0][2].item<std::int64_t>(), config_.vision.patch.merge};
  }
  throw Error(ErrorCode::internal, std::string("the image has no ") + kGrid + ": this model did not preprocess it");
}

at::Tensor QwenVlModel::encode_image(const ProcessedImage& image) const {
  return vision_.forward(image.pixels.to(device(), dtype()), grid(image));
}

Prompt QwenVlModel::prompt(std::string_view question, const ProcessedImage& image, const at::Tensor& features) const {
  const auto text = template_.render(question);
  Prompt prompt;
  prompt.ids = tokenizer_.encode(text.before, false);
  const auto first = static_cast<std::int64_t>(prompt.ids.size());
  prompt.images = {{first, features}};
  prompt.ids.insert(prompt.ids.end(), static_cast<std::size_t>(features.size(0)), config_.image_token);
  const auto after = tokenizer_.encode(text.after, false);
  prompt.ids.insert(prompt.ids.end(), after.begin(), after.end());

  const PatchGrid patches = grid(image);
  const std::int64_t rows = patches.rows / patches.merge;
  const std::int64_t columns = patches.columns / patches.merge;
  const std::int64_t next = first + std::max(rows, columns);  // text goes on after the image's largest position
  prompt.next_position = next + static_cast<std::int64_t>(after.size());
  prompt.positions = at::cat({text_positions(0, first), image_positions(first, rows, columns),
                              text_positions(next, static_cast<std::int64_t>(after.size()))}, 1);
  return prompt;
}

}  // namespace medvlm::qwen_vl
