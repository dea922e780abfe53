#include "clip_model.hpp"

#include <ATen/ATen.h>

#include "medvlm/base/files.hpp"
#include "medvlm/sdk/checkpoint/checkpoint.hpp"
#include "medvlm/sdk/checkpoint/weights.hpp"

namespace medvlm::clip {
namespace {

sdk::ImageProcessor read_processor(const std::filesystem::path& folder) {
  const auto file = folder / "preprocessor_config.json";
  if (!std::filesystem::exists(file)) {
    throw Error(ErrorCode::checkpoint, "'" + file.string() + "' is missing: it says how images are resized and normalised; "
                                           "copy it from the checkpoint's original folder");
  }
  return sdk::ImageProcessor(read_file(file), file.string());
}

std::filesystem::path checked_folder(const std::filesystem::path& folder) {
  if (std::filesystem::is_directory(folder)) return folder;
  throw Error(ErrorCode::checkpoint, "the checkpoint folder '" + folder.string() + "' does not exist");
}

}  // namespace

ClipModel::ClipModel(const Options& options)
    : folder_(checked_folder(options.path("checkpoint"))),
      config_(read_clip_config(folder_ / "config.json")),
      processor_(read_processor(folder_)),
      tokenizer_(sdk::Tokenizer::from_folder(folder_)),
      pad_token_(sdk::pad_token_id(folder_, tokenizer_, "<|endoftext|>")),
      vision_(config_.vision),
      text_(config_.text),
      visual_projection_(config_.vision.transformer.width, config_.projection, false),
      text_projection_(config_.text.transformer.width, config_.projection, false) {
  declare();
  describe();
}

void ClipModel::declare() {
  vision_.declare(parameters_);
  visual_projection_.declare(parameters_, "visual_projection");
  text_.declare(parameters_);
  text_projection_.declare(parameters_, "text_projection");
  parameters_.add("logit_scale", {}, logit_scale_);
}

void ClipModel::describe() {
  info_.family = "CLIP";
  info_.parameters = parameters_.count();
  info_.dtypes = {c10::kFloat, c10::kBFloat16, c10::kHalf};
  info_.files = sdk::Checkpoint::open(folder_).files();
  for (const char* name : {"config.json", "preprocessor_config.json", "tokenizer.json", "vocab.json", "merges.txt",
                           "tokenizer_config.json", "special_tokens_map.json"}) {
    if (std::filesystem::exists(folder_ / name)) info_.files.push_back(folder_ / name);
  }
}

void ClipModel::load(c10::Device device, c10::ScalarType dtype) {
  std::vector<sdk::WeightSpec> specs;
  for (const auto& parameter : parameters_.parameters()) specs.push_back({parameter.name, parameter.shape});
  sdk::WeightOptions options;
  options.device = device;
  options.dtype = dtype;
  const sdk::WeightMap weights = sdk::load_weights(sdk::Checkpoint::open(folder_), specs, options);
  for (const auto& parameter : parameters_.parameters()) *parameter.target = weights.at(parameter.name);
  device_ = device;
  dtype_ = dtype;
}

ProcessedImage ClipModel::preprocess(const Image& image) const { return {processor_(image), {}}; }

ImageEmbeddings ClipModel::encode_images(std::span<const ProcessedImage> images) {
  std::vector<at::Tensor> pixels;
  for (const ProcessedImage& image : images) pixels.push_back(image.pixels);
  const at::Tensor batch = at::stack(pixels);
  const std::int64_t size = config_.vision.image_size;
  if (batch.size(2) != size || batch.size(3) != size) {
    throw Error(ErrorCode::checkpoint, "'" + (folder_ / "preprocessor_config.json").string() + "' makes images of " +
                                           std::to_string(batch.size(3)) + "x" + std::to_string(batch.size(2)) +
                                           ", but config.json says that the vision tower takes " + std::to_string(size) +
                                           "x" + std::to_string(size));
  }
  return {visual_projection_.forward(vision_.forward(batch.to(device_, dtype_))), {}};
}

sdk::TokenBatch ClipModel::tokenize(std::span<const std::string> texts) const {
  std::vector<std::vector<std::int64_t>> ids;
  for (const std::string& text : texts) ids.push_back(tokenizer_.encode(text));
  return sdk::pad_and_truncate(ids, config_.text.positions, pad_token_);
}

at::Tensor ClipModel::encode_texts(std::span<const std::string> texts) {
  const sdk::TokenBatch tokens = tokenize(texts);
  if (tokens.input_ids.max().item<std::int64_t>() >= config_.text.vocabulary) {
    throw Error(ErrorCode::checkpoint, "'" + tokenizer_.path().string() + "' has ids beyond the vocabulary of config.json (" +
                                           std::to_string(config_.text.vocabulary) + "): they belong to different checkpoints");
  }
  return text_projection_.forward(text_.forward(tokens.input_ids.to(device_), tokens.attention_mask.to(device_)));
}

at::Tensor ClipModel::similarity(const at::Tensor& images, const at::Tensor& texts) {
  const at::Tensor image_units = images / images.norm(2, -1, true);
  const at::Tensor text_units = texts / texts.norm(2, -1, true);
  return logit_scale_.exp() * at::matmul(image_units, text_units.t());
}

std::vector<NamedLayer> ClipModel::layers() {
  std::vector<NamedLayer> all = parameters_.layers("vision_model.", "vision");
  for (const auto& [prefix, part] : {std::pair{"visual_projection", "projector"}, {"text_model.", "text"}, {"text_projection", "projector"}}) {
    for (NamedLayer& layer : parameters_.layers(prefix, part)) all.push_back(std::move(layer));
  }
  return all;
}

}  // namespace medvlm::clip
