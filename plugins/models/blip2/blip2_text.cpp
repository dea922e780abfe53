#include "blip2_text.hpp"

#include <algorithm>

#include <ATen/ATen.h>

#include "medvlm/sdk/checkpoint/hf_config.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::blip2 {
namespace {

/// tokenizer_config.json, or nothing where it is missing.
sdk::HfConfig tokenizer_config(const std::filesystem::path& folder) {
  const auto file = folder / "tokenizer_config.json";
  if (std::filesystem::exists(file)) return sdk::HfConfig::from_file(file);
  return sdk::HfConfig::from_text("{}", file.string());
}

std::int64_t context_of(const std::filesystem::path& folder, std::int64_t positions) {
  const sdk::HfConfig config = tokenizer_config(folder);
  // A number, because "no limit" is written as 1000000000000000019884624838656.
  const double longest = config.number("model_max_length", static_cast<double>(positions));
  if (longest < 1) config.fail("model_max_length", "must be positive");
  return static_cast<std::int64_t>(std::min(longest, static_cast<double>(positions)));
}

std::string pad_token(const std::filesystem::path& folder) {
  const sdk::HfConfig config = tokenizer_config(folder);
  if (config.type_of("pad_token") == "table") return config.text("pad_token.content");
  return config.text("pad_token", "[PAD]");
}

}  // namespace

Blip2Tokenizer::Blip2Tokenizer(const std::filesystem::path& folder, std::int64_t positions, std::int64_t vocabulary)
    : tokenizer_(sdk::Tokenizer::from_folder(folder)),
      context_(context_of(folder, positions)),
      vocabulary_(vocabulary),
      pad_(tokenizer_.id(pad_token(folder))) {}

sdk::TokenBatch Blip2Tokenizer::tokenize(std::span<const std::string> texts, sdk::PadTo pad_to) const {
  std::vector<std::vector<std::int64_t>> ids;
  for (const std::string& text : texts) ids.push_back(tokenizer_.encode(text));
  sdk::TokenBatch tokens = sdk::pad_and_truncate(ids, context_, pad_, true, pad_to);
  sdk::check_token_ids(tokens.input_ids, vocabulary_, tokenizer_.path());
  return tokens;
}

TextEmbeddings::TextEmbeddings(const QFormerConfig& config)
    : word_(config.vocabulary, config.transformer.width), position_(config.positions, config.transformer.width) {}

void TextEmbeddings::declare(sdk::nn::ParameterList& list, const std::string& name) {
  word_.declare(list, name + ".word_embeddings");
  position_.declare(list, name + ".position_embeddings");
}

at::Tensor TextEmbeddings::forward(const at::Tensor& ids) const {
  const at::Tensor index = at::arange(ids.size(1), at::TensorOptions(at::kLong).device(ids.device()));
  return word_.forward(ids) + position_.forward(index);
}

}  // namespace medvlm::blip2
