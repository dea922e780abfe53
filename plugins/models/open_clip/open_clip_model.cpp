#include "open_clip_model.hpp"

#include <ATen/ATen.h>

#include "checkpoint_names.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::open_clip {
namespace {

/// Unit length; zero stays zero.
at::Tensor unit(const at::Tensor& x) { return x / x.norm(2, -1, true).clamp_min(1e-12); }

sdk::ProcessorConfig with_order(sdk::ProcessorConfig config, sdk::PassOrder order) {
  config.order = order;
  return config;
}

}  // namespace

Architecture::Architecture(const OpenClipConfig& config)
    : vision(make_vision_tower(config.vision, config.embedding)), text(make_text_tower(config.text, config.embedding)) {
  vision->declare(parameters);
  text->declare(parameters);
  parameters.add("logit_scale", {}, logit_scale);
  if (config.logit_bias) parameters.add("logit_bias", {}, logit_bias);
}

OpenClipModel::OpenClipModel(const Options& options)
    : folder_(sdk::checked_checkpoint_folder(options.path("checkpoint"))),
      checkpoint_(open_weights(folder_)),
      config_(read_open_clip_config(folder_, &checkpoint_)),
      tokenizer_(folder_, config_),
      processor_(with_order(config_.preprocessing, sdk::pass_order_from_name(options.text("resizing")))),
      architecture_(config_) {
  describe();
}

void OpenClipModel::describe() {
  info_.family = "open_clip";
  info_.parameters = architecture_.parameters.count();
  info_.dtypes = {c10::kFloat, c10::kBFloat16, c10::kHalf};
  info_.files = checkpoint_.files();
  info_.files.push_back(folder_ / "open_clip_config.json");
  if (config_.text.bert) info_.files.push_back(config_.text.bert_config);
  for (const auto& file : tokenizer_.files()) info_.files.push_back(file);
}

void OpenClipModel::load(c10::Device device, c10::ScalarType dtype) {
  load_parameters(checkpoint_, architecture_.parameters, device, dtype);
  device_ = device;
  dtype_ = dtype;
}

ImageEmbeddings OpenClipModel::encode_images(std::span<const ProcessedImage> images) {
  std::vector<at::Tensor> pixels;
  for (const ProcessedImage& image : images) pixels.push_back(image.pixels);
  return {architecture_.vision->forward(at::stack(pixels).to(device_, dtype_)), {}};
}

at::Tensor OpenClipModel::encode_texts(std::span<const std::string> texts) {
  const at::Tensor ids = tokenizer_(texts);
  sdk::check_token_ids(ids, config_.text.vocabulary(), tokenizer_.files().front());
  return architecture_.text->forward(ids.to(device_));
}

at::Tensor OpenClipModel::similarity(const at::Tensor& images, const at::Tensor& texts) {
  const at::Tensor logits = architecture_.logit_scale.exp() * at::matmul(unit(images), unit(texts).t());
  return config_.logit_bias ? logits + architecture_.logit_bias : logits;
}

std::vector<NamedLayer> OpenClipModel::layers() {
  std::vector<NamedLayer> all = architecture_.parameters.layers("visual.", "vision");
  for (NamedLayer& layer : architecture_.parameters.layers("", "text")) {
    if (!layer.name.starts_with("visual.")) all.push_back(std::move(layer));
  }
  return all;
}

}  // namespace medvlm::open_clip
