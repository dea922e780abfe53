#include "siglip_model.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::siglip {

SiglipModel::SiglipModel(const Options& options)
    : folder_(sdk::checked_checkpoint_folder(options.path("checkpoint"))),
      config_(read_siglip_config(folder_ / "config.json")),
      processor_(sdk::read_image_processor(folder_, sdk::pass_order_from_name(options.text("resizing")))),
      tokenizer_(folder_),
      pad_to_(options.text("text_padding") == "longest" ? sdk::PadTo::longest : sdk::PadTo::max_length),
      vision_(config_.vision),
      text_(config_.text) {
  text_.declare(parameters_);
  vision_.declare(parameters_);
  parameters_.add("logit_scale", {1}, logit_scale_);
  parameters_.add("logit_bias", {1}, logit_bias_);
  info_.family = "SigLIP";
  info_.parameters = parameters_.count();
  info_.dtypes = {c10::kFloat, c10::kBFloat16, c10::kHalf};
  info_.files = sdk::model_files(folder_, {"config.json", "preprocessor_config.json", "spiece.model", "tokenizer.json",
                                           "tokenizer_config.json"});
}

void SiglipModel::load(c10::Device device, c10::ScalarType dtype) {
  sdk::load_parameters(parameters_, folder_, device, dtype);
  device_ = device;
  dtype_ = dtype;
}

ProcessedImage SiglipModel::preprocess(const Image& image) const { return {processor_(image), {}}; }

ImageEmbeddings SiglipModel::encode_images(std::span<const ProcessedImage> images) {
  const at::Tensor pixels = sdk::stack_images(images, config_.vision.image_size, folder_);
  return {vision_.forward(pixels.to(device_, dtype_)), {}};
}

at::Tensor SiglipModel::tokenize(std::span<const std::string> texts) const {
  return tokenizer_.tokenize(texts, std::min(tokenizer_.longest(), config_.text.positions), pad_to_);
}

at::Tensor SiglipModel::encode_texts(std::span<const std::string> texts) {
  const at::Tensor ids = tokenize(texts);
  sdk::check_token_ids(ids, config_.text.vocabulary, tokenizer_.path());
  at::Tensor embeddings = text_.forward(ids.to(device_));
  // A study embeds its few texts once.
  if (!c10::GradMode::is_enabled()) parameters_.drop_pages("text_model.");
  return embeddings;
}

at::Tensor SiglipModel::similarity(const at::Tensor& images, const at::Tensor& texts) {
  const at::Tensor image_units = images / images.norm(2, -1, true);
  const at::Tensor text_units = texts / texts.norm(2, -1, true);
  return logit_scale_.exp() * at::matmul(image_units, text_units.t()) + logit_bias_;
}

std::vector<NamedLayer> SiglipModel::layers() {
  std::vector<NamedLayer> all = parameters_.layers("vision_model.", "vision");
  for (NamedLayer& layer : parameters_.layers("text_model.", "text")) all.push_back(std::move(layer));
  return all;
}

}  // namespace medvlm::siglip
