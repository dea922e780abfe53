#include "blip2_model.hpp"

#include <algorithm>

#include <ATen/ATen.h>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::blip2 {
namespace {

/// So many pairs of image and text are matched at once, which bounds the memory.
constexpr std::int64_t kPairs = 64;

/// x / max(|x|, 1e-12), as torch.nn.functional.normalize.
at::Tensor unit(const at::Tensor& x) { return x / x.norm(2, -1, true).clamp_min(1e-12); }

}  // namespace

Blip2Model::Blip2Model(const Options& options)
    : folder_(sdk::checked_checkpoint_folder(options.path("checkpoint"))),
      score_(options.text("score") == "itm" ? Score::itm : Score::itc),
      config_(read_blip2_config(folder_ / "config.json")),
      processor_(sdk::read_image_processor(folder_, sdk::pass_order_from_name(options.text("resizing")))),
      tokenizer_(folder_, config_.qformer.positions, config_.qformer.vocabulary),
      vision_(config_.vision),
      embeddings_(config_.qformer),
      qformer_(config_.qformer),
      vision_projection_(config_.qformer.transformer.width, config_.projection),
      text_projection_(config_.qformer.transformer.width, config_.projection),
      matching_head_(config_.qformer.transformer.width, 2) {
  vision_.declare(parameters_);
  parameters_.add("query_tokens", {1, config_.qformer.queries, config_.qformer.transformer.width}, queries_);
  embeddings_.declare(parameters_, "embeddings");
  qformer_.declare(parameters_, "qformer");
  vision_projection_.declare(parameters_, "vision_projection");
  text_projection_.declare(parameters_, "text_projection");
  matching_head_.declare(parameters_, "itm_head");
  info_.family = "BLIP-2";
  info_.parameters = parameters_.count();
  info_.dtypes = {c10::kFloat, c10::kBFloat16, c10::kHalf};
  info_.files = sdk::model_files(folder_, {"config.json", "preprocessor_config.json", "tokenizer.json", "vocab.txt",
                                           "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"});
}

void Blip2Model::load(c10::Device device, c10::ScalarType dtype) {
  sdk::load_parameters(parameters_, folder_, device, dtype, {"qformer.", "query_tokens"});
  device_ = device;
  dtype_ = dtype;
}

ProcessedImage Blip2Model::preprocess(const Image& image) const { return {processor_(image), {}}; }

ImageEmbeddings Blip2Model::encode_images(std::span<const ProcessedImage> images) {
  const at::Tensor pixels = sdk::stack_images(images, config_.vision.image_size, folder_);
  const at::Tensor states = vision_.forward(pixels.to(device_, dtype_));
  const at::Tensor features = states.select(1, 0);
  if (score_ == Score::itm) return {states, features};
  const at::Tensor asked = queries_.expand({states.size(0), -1, -1});
  const at::Tensor answers = qformer_.forward(asked, queries_.size(1), states.to(queries_.scalar_type()));
  return {vision_projection_.forward(answers.to(dtype_)), features};
}

at::Tensor Blip2Model::encode_texts(std::span<const std::string> texts) {
  const auto pad_to = score_ == Score::itm ? sdk::PadTo::max_length : sdk::PadTo::longest;
  const sdk::TokenBatch tokens = tokenizer_.tokenize(texts, pad_to);
  const at::Tensor embedded = embeddings_.forward(tokens.input_ids.to(device_));
  const at::Tensor mask = tokens.attention_mask.to(device_);
  if (score_ == Score::itm) return at::cat({embedded, mask.unsqueeze(-1).to(dtype_)}, -1);
  const at::Tensor states = qformer_.forward(embedded.to(queries_.scalar_type()), 0, {}, mask);
  return text_projection_.forward(states.select(1, 0).to(dtype_));
}

at::Tensor Blip2Model::similarity(const at::Tensor& images, const at::Tensor& texts) {
  if (score_ == Score::itm) {
    const at::Tensor logits = matching_logits(images, texts);
    return logits.select(-1, 1) - logits.select(-1, 0);
  }
  return at::amax(at::matmul(unit(images), unit(texts).t()), 1);
}

/// The Q-Former's input for pairs of images and texts.
struct Blip2Model::Pairs {
  at::Tensor tokens;  ///< [rows, queries + length, width]
  at::Tensor mask;    ///< the same without width, int64
  at::Tensor image;   ///< [images, image tokens, image width]
};

/// Every image is paired with as many successive texts as there are texts for one image.
Blip2Model::Pairs Blip2Model::pairs(const at::Tensor& images, const at::Tensor& texts) const {
  const std::int64_t width = config_.qformer.transformer.width;
  const at::Tensor text_mask = texts.select(-1, width);
  if (!(text_mask.eq(0) | text_mask.eq(1)).all().item<bool>()) {
    throw Error(ErrorCode::config, "BLIP-2 with score = \"itm\" reads each text with the image and cannot use the mean of " +
                                       std::string("several prompts: give one template, or choose score = \"itc\""));
  }
  // Nothing is computed for what is padding in all of the texts.
  const std::int64_t length = std::max<std::int64_t>(text_mask.to(at::kLong).sum(1).max().item<std::int64_t>(), 1);
  const at::Tensor embedded = texts.narrow(1, 0, length).narrow(2, 0, width);
  // The reference puts the queries into the type of the text embeddings here.
  const at::Tensor asked = queries_.to(embedded.scalar_type()).expand({texts.size(0), -1, -1});
  const at::Tensor mask = at::cat({at::ones({texts.size(0), asked.size(1)}, text_mask.options()),
                                   text_mask.narrow(1, 0, length)}, 1);
  const auto full = queries_.scalar_type();
  return {at::cat({asked, embedded}, 1).to(full), mask.to(at::kLong), images.to(full)};
}

std::vector<at::Tensor> Blip2Model::matching_states(const at::Tensor& images, const at::Tensor& texts) const {
  const Pairs input = pairs(images, texts);
  return qformer_.hidden_states(input.tokens, queries_.size(1), input.image, input.mask);
}

at::Tensor Blip2Model::matching_logits(const at::Tensor& images, const at::Tensor& texts) const {
  const std::int64_t queries = queries_.size(1);
  const auto match = [&](const at::Tensor& some_images, const at::Tensor& some_texts) {
    const std::int64_t n = some_images.size(0);
    const std::int64_t m = some_texts.size(0);
    const Pairs input = pairs(some_images, some_texts.repeat({n, 1, 1}));
    const at::Tensor states = qformer_.forward(input.tokens, queries, input.image, input.mask).narrow(1, 0, queries);
    return matching_head_.forward(states.to(dtype_)).mean(1).view({n, m, 2});
  };
  const std::int64_t image_step = std::max<std::int64_t>(1, kPairs / texts.size(0));
  std::vector<at::Tensor> rows;
  for (const at::Tensor& some_images : images.split(image_step)) {
    std::vector<at::Tensor> parts;
    for (const at::Tensor& some_texts : texts.split(kPairs)) parts.push_back(match(some_images, some_texts));
    rows.push_back(at::cat(parts, 1));
  }
  return at::cat(rows);
}

std::vector<NamedLayer> Blip2Model::layers() {
  std::vector<NamedLayer> all;
  for (const auto& [prefix, part] : {std::pair{"vision_model.", "vision"}, {"qformer.", "projector"},
                                     {"vision_projection", "projector"}, {"embeddings.", "text"},
                                     {"text_projection", "text"}, {"itm_head", "projector"}}) {
    for (NamedLayer& layer : parameters_.layers(prefix, part)) all.push_back(std::move(layer));
  }
  return all;
}

}  // namespace medvlm::blip2
