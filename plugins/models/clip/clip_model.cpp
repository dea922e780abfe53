#include "clip_model.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::clip {

ClipModel::ClipModel(const Options& options)
    : folder_(sdk::checked_checkpoint_folder(options.path("checkpoint"))),
      config_(read_clip_config(folder_ / "config.json")),
      processor_(sdk::read_image_processor(folder_, sdk::pass_order_from_name(options.text("resizing")))),
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
  info_.files = sdk::model_files(folder_, {"config.json", "preprocessor_config.json", "tokenizer.json", "vocab.json",
                                           "merges.txt", "tokenizer_config.json", "special_tokens_map.json"});
}

void ClipModel::load(c10::Device device, c10::ScalarType dtype) {
  sdk::load_parameters(parameters_, folder_, device, dtype);
  device_ = device;
  dtype_ = dtype;
}

ProcessedImage ClipModel::preprocess(const Image& image) const { return {processor_(image), {}}; }

ImageEmbeddings ClipModel::encode_images(std::span<const ProcessedImage> images) {
  const at::Tensor batch = sdk::stack_images(images, config_.vision.image_size, folder_);
  return {visual_projection_.forward(vision_.forward(batch.to(device_, dtype_))), {}};
}

sdk::TokenBatch ClipModel::tokenize(std::span<const std::string> texts) const {
  std::vector<std::vector<std::int64_t>> ids;
  for (const std::string& text : texts) ids.push_back(tokenizer_.encode(text));
  return sdk::pad_and_truncate(ids, config_.text.positions, pad_token_);
}

at::Tensor ClipModel::encode_texts(std::span<const std::string> texts) {
  const sdk::TokenBatch tokens = tokenize(texts);
  sdk::check_token_ids(tokens.input_ids, config_.text.vocabulary, tokenizer_.path());
  at::Tensor embeddings =
      text_projection_.forward(text_.forward(tokens.input_ids.to(device_), tokens.attention_mask.to(device_)));
  // A study embeds its few texts once.
  if (!c10::GradMode::is_enabled()) parameters_.drop_pages("text_model.");
  return embeddings;
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
