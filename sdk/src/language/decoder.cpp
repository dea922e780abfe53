#include "medvlm/sdk/language/decoder.hpp"

#include <ATen/ATen.h>

#include "decoder_layer.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"
#include "medvlm/sdk/nn/checkpointing.hpp"

namespace medvlm::sdk::language {
namespace {

/// rope_scaling of the public configs; "type" is the older name of "rope_type".
void read_scaling(const HfConfig& config, RotarySettings& rotary) {
  const HfConfig scaling = config.object_or_empty("rope_scaling");
  if (scaling.has("mrope_section")) rotary.sections = scaling.integers("mrope_section");
  const std::string type = scaling.text("rope_type", scaling.text("type", "default"));
  // "dynamic" changes nothing up to max_position_embeddings, and we refuse longer texts.
  if (type == "default" || type == "mrope" || type == "dynamic") return;
  if (type == "linear") {
    rotary.factor = scaling.number("factor");
  } else if (type == "llama3") {
    rotary.llama3 = {scaling.number("factor"), scaling.number("low_freq_factor"), scaling.number("high_freq_factor"),
                     scaling.number("original_max_position_embeddings")};
  } else {
    scaling.fail("rope_type", "'" + type + "' is not known; known are default, linear, dynamic, llama3, mrope");
  }
}

/// A size; a fallback of 0 means that the key must be there.
std::int64_t size_of(const HfConfig& config, std::string_view key, std::int64_t fallback) {
  return positive_integer(config, key, config.has(key) || fallback > 0 ? fallback : config.integer(key));
}

nn::Activation activation_of(const HfConfig& config, nn::Activation fallback) {
  if (!config.has("hidden_act")) return fallback;
  try {
    return nn::activation_from_name(config.text("hidden_act"));
  } catch (const Error& error) {
    config.fail("hidden_act", error.message());
  }
}

void check_shape(const HfConfig& config, const DecoderShape& shape) {
  if (shape.heads % shape.kv_heads != 0) {
    config.fail("num_key_value_heads", "must divide num_attention_heads (" + std::to_string(shape.heads) + ")");
  }
  if (shape.head_width % 2 != 0) config.fail("head_dim", "must be even for rotary positions");
  std::int64_t pairs = 0;
  for (const std::int64_t section : shape.rotary.sections) pairs += section;
  if (!shape.rotary.sections.empty() && (shape.rotary.sections.size() != 3 || pairs != shape.head_width / 2)) {
    config.fail("rope_scaling.mrope_section", "must be three numbers whose sum is half the width of a head (" +
                                                  std::to_string(shape.head_width / 2) + ")");
  }
}

/// What every layer needs to know of a block: where its tokens stand, and what they see.
struct Surroundings {
  Rotary rotary, local;
  Visibility everywhere, nearby;

  Surroundings(const DecoderShape& shape, const TokenBlock& block, const KeyValueCache& cache)
      : rotary(Rotary::at(block.positions, shape.head_width, shape.rotary)), everywhere(visible_keys(block, cache, 0)) {
    if (shape.sliding.empty()) return;
    nearby = visible_keys(block, cache, shape.window);
    local = Rotary::at(block.positions, shape.head_width, shape.local_rotary);
  }
  const Rotary& rotary_of(bool sliding) const { return sliding ? local : rotary; }
  const Visibility& visible_to(bool sliding) const { return sliding ? nearby : everywhere; }
};

}  // namespace

DecoderShape llama_defaults() {
  DecoderShape shape;
  shape.width = 4096;
  shape.hidden = 11008;
  shape.layers = 32;
  shape.heads = 32;
  shape.vocabulary = 32000;
  shape.context = 2048;
  return shape;
}

DecoderShape read_decoder_shape(const HfConfig& config, const DecoderShape& fallback) {
  DecoderShape shape = fallback;
  shape.width = size_of(config, "hidden_size", fallback.width);
  shape.hidden = size_of(config, "intermediate_size", fallback.hidden);
  shape.layers = size_of(config, "num_hidden_layers", fallback.layers);
  shape.heads = size_of(config, "num_attention_heads", fallback.heads);
  shape.kv_heads = positive_integer(config, "num_key_value_heads", fallback.kv_heads > 0 ? fallback.kv_heads : shape.heads);
  shape.vocabulary = size_of(config, "vocab_size", fallback.vocabulary);
  if (!config.has("head_dim") && fallback.head_width == 0 && shape.width % shape.heads != 0) {
    config.fail("num_attention_heads", "must divide hidden_size (" + std::to_string(shape.width) + ")");
  }
  shape.head_width =
      positive_integer(config, "head_dim", fallback.head_width > 0 ? fallback.head_width : shape.width / shape.heads);
  shape.context = config.integer("max_position_embeddings", fallback.context);
  shape.epsilon = config.number("rms_norm_eps", fallback.epsilon);
  shape.activation = activation_of(config, fallback.activation);
  shape.rotary.theta = config.number("rope_theta", fallback.rotary.theta);
  read_scaling(config, shape.rotary);
  shape.tied_head = config.flag("tie_word_embeddings", fallback.tied_head);
  check_shape(config, shape);
  return shape;
}

Decoder::Decoder(const DecoderShape& shape)
    : shape_(shape),
      embedding_(shape.vocabulary, shape.width),
      norm_(shape.width, shape.epsilon, shape.norm_adds_one),
      head_(shape.width, shape.vocabulary, false) {
  for (std::int64_t i = 0; i < shape.layers; ++i) layers_.push_back(std::make_unique<DecoderLayer>(shape_, i));
}

Decoder::~Decoder() = default;

void Decoder::declare(nn::ParameterList& list, const std::string& model, const std::string& head) {
  embedding_.declare(list, model + ".embed_tokens");
  for (std::size_t i = 0; i < layers_.size(); ++i) layers_[i]->declare(list, model + ".layers." + std::to_string(i));
  norm_.declare(list, model + ".norm");
  if (!shape_.tied_head) head_.declare(list, head);
}

at::Tensor Decoder::embed(const at::Tensor& ids, c10::ScalarType dtype) const {
  const at::Tensor embedded = embedding_.forward(ids.clamp_min(0)).to(dtype);
  const at::Tensor text = (ids >= 0).unsqueeze(-1).to(dtype);
  // The scale is narrowed to the model's type, as in the reference.
  const at::Tensor scale = at::scalar_tensor(shape_.embedding_scale, embedded.options());
  return shape_.embedding_scale == 1 ? embedded * text : embedded * scale * text;
}

at::Tensor Decoder::forward(const TokenBlock& block, KeyValueCache& cache) const {
  if (block.padding.defined()) cache.set_padding(block.padding);
  const Surroundings around(shape_, block, cache);
  at::Tensor x = block.embeddings;
  for (const auto& layer : layers_) {
    x = layer->forward(x, around.rotary_of(layer->sliding()), around.visible_to(layer->sliding()), cache);
  }
  return norm_.forward(x);
}

at::Tensor Decoder::forward(const TokenBlock& block) const {
  KeyValueCache nothing(shape_.layers, 0);
  if (block.padding.defined()) nothing.set_padding(block.padding);
  const auto around = std::make_shared<const Surroundings>(shape_, block, nothing);
  at::Tensor x = block.embeddings;
  for (const auto& each : layers_) {
    const auto run = [layer = each.get(), around, tokens = x.size(1), count = shape_.layers](const at::Tensor& states) {
      KeyValueCache own(count, tokens);  // a layer may run twice
      return layer->forward(states, around->rotary_of(layer->sliding()), around->visible_to(layer->sliding()), own);
    };
    x = nn::checkpointed(run, x);
  }
  return norm_.forward(x);
}

at::Tensor Decoder::logits(const at::Tensor& states) const {
  return shape_.tied_head ? nn::linear(states, embedding_.weight(), {}) : head_.forward(states);
}

}  // namespace medvlm::sdk::language
