#include "medclip_model.hpp"

#include <algorithm>

#include <ATen/ATen.h>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/checkpoint.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::medclip {
namespace {

/// The package cuts texts here, whatever the tokenizer's files say.
constexpr std::int64_t kLongestText = 77;

/// The towers' settings, and the width of the shared space, which only the weights tell.
MedclipConfig read_config(const std::filesystem::path& folder) {
  MedclipConfig config = read_medclip_config(folder);
  const auto checkpoint = sdk::Checkpoint::open(folder);
  constexpr const char* kHead = "vision_model.projection_head.weight";
  if (!checkpoint.has(kHead)) return config;  // load() will name it among what is missing
  const auto shape = checkpoint.info(kHead).shape;
  if (shape.size() == 2 && shape[0] > 0) config.projection = shape[0];
  return config;
}

std::string text_option(const Options& options, const char* name, const char* fallback) {
  return options.has(name) ? options.text(name) : fallback;
}

bool read_batching(const Options& options) {
  const std::string name = text_option(options, "text_batching", "together");
  if (name == "together" || name == "alone") return name == "together";
  throw Error(ErrorCode::config, "text_batching: '" + name + "'" + suggestion(name, {"together", "alone"}));
}

}  // namespace

MedclipModel::MedclipModel(const Options& options)
    : folder_(sdk::checked_checkpoint_folder(options.path("checkpoint"))),
      config_(read_config(folder_)),
      images_(preprocessing_from_name(text_option(options, "preprocessing", "medclip")), config_.vision.image_size),
      tokenizer_(sdk::Tokenizer::from_folder(folder_ / kTextFolder)),
      pad_token_(sdk::pad_token_id(folder_ / kTextFolder, tokenizer_, "[PAD]")),
      together_(read_batching(options)),
      network_(config_) {
  network_.declare(parameters_);
  describe();
}

void MedclipModel::describe() {
  info_.family = "MedCLIP";
  info_.parameters = parameters_.count();
  info_.dtypes = {c10::kFloat, c10::kBFloat16, c10::kHalf};
  const std::string vision = kVisionFolder;
  const std::string text = kTextFolder;
  info_.files = sdk::model_files(folder_, {(vision + "/config.json").c_str(), (text + "/config.json").c_str(),
                                           (text + "/tokenizer.json").c_str(), (text + "/vocab.txt").c_str(),
                                           (text + "/tokenizer_config.json").c_str(),
                                           (text + "/special_tokens_map.json").c_str()});
}

void MedclipModel::load(c10::Device device, c10::ScalarType dtype) {
  sdk::load_parameters(parameters_, folder_, device, dtype);
  device_ = device;
  dtype_ = dtype;
}

ImageEmbeddings MedclipModel::encode_images(std::span<const ProcessedImage> images) {
  std::vector<at::Tensor> pixels;
  for (const ProcessedImage& image : images) pixels.push_back(image.pixels);
  const at::Tensor joint = network_.embed_images(at::stack(pixels).to(device_, dtype_));
  return {joint, joint / joint.norm(2, -1, true)};
}

sdk::TokenBatch MedclipModel::tokenize(std::span<const std::string> texts) const {
  std::vector<std::vector<std::int64_t>> ids;
  for (const std::string& text : texts) ids.push_back(tokenizer_.encode(text));
  const sdk::TokenBatch batch = sdk::pad_and_truncate(ids, std::min(kLongestText, config_.text.positions), pad_token_);
  sdk::check_token_ids(batch.input_ids, config_.text.vocabulary, tokenizer_.path());
  return batch;
}

at::Tensor MedclipModel::encode_texts(std::span<const std::string> texts) {
  std::vector<at::Tensor> parts;
  const std::size_t step = together_ ? texts.size() : 1;
  for (std::size_t begin = 0; begin < texts.size(); begin += step) {
    const sdk::TokenBatch tokens = tokenize(texts.subspan(begin, step));
    parts.push_back(network_.embed_texts(tokens.input_ids.to(device_), tokens.attention_mask.to(device_)));
  }
  return at::cat(parts);
}

at::Tensor MedclipModel::similarity(const at::Tensor& images, const at::Tensor& texts) {
  const at::Tensor image_units = images / images.norm(2, -1, true);
  const at::Tensor text_units = texts / texts.norm(2, -1, true);
  return network_.scale() * at::matmul(image_units, text_units.t());
}

std::vector<NamedLayer> MedclipModel::layers() {
  std::vector<NamedLayer> all;
  for (const auto& [prefix, part] : {std::pair{"vision_model.model.", "vision"},
                                     {"vision_model.projection_head", "projector"},
                                     {"text_model.model.", "text"},
                                     {"text_model.projection_head", "projector"}}) {
    for (NamedLayer& layer : parameters_.layers(prefix, part)) all.push_back(std::move(layer));
  }
  return all;
}

}  // namespace medvlm::medclip
