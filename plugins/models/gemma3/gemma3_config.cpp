#include "gemma3_config.hpp"

#include <cmath>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::gemma3 {
namespace {

using sdk::HfConfig;
using sdk::language::DecoderShape;
using sdk::language::RotarySettings;

/// Gemma3TextConfig without any key.
DecoderShape default_shape() {
  DecoderShape shape;
  shape.width = 2304;
  shape.hidden = 9216;
  shape.layers = 26;
  shape.heads = 8;
  shape.kv_heads = 4;
  shape.head_width = 256;
  shape.vocabulary = 262208;
  shape.context = 131072;
  shape.epsilon = 1e-6;
  shape.activation = sdk::nn::Activation::gelu_tanh;
  shape.tied_head = true;
  shape.rotary.theta = 1e6;
  return shape;
}

void refuse_what_is_not_built(const HfConfig& text) {
  for (const char* key : {"attn_logit_softcapping", "final_logit_softcapping"}) {
    if (text.has(key)) text.fail(key, "is set, but Gemma 3 caps no logits: null is expected");
  }
  for (const char* key : {"attention_bias", "use_bidirectional_attention"}) {
    if (text.flag(key, false)) text.fail(key, "is true; this plugin has only the decoder without it, as in Gemma 3");
  }
}

/// Scaling as in `rope_scaling`, or, in files of newer versions of the library, in `rope_parameters.<kind of layer>`.
double read_linear_factor(const HfConfig& text, const std::string& table) {
  const std::string key = table + (text.has(table + ".rope_type") ? ".rope_type" : ".type");
  const std::string type = text.text(key, "default");
  if (type == "default") return 1;
  if (type != "linear") text.fail(key, "is '" + type + "'; 'default' and 'linear' are known");
  const double factor = text.number(table + ".factor");
  if (!(factor > 0) || !std::isfinite(factor)) text.fail(table + ".factor", "must be positive");
  return factor;
}

RotarySettings read_rotary(const HfConfig& text, const std::string& table, const char* older_theta, double theta,
                           const char* older_scaling) {
  RotarySettings rotary;
  const std::string key = text.has(table + ".rope_theta") ? table + ".rope_theta" : older_theta;
  rotary.theta = text.number(key, theta);
  if (!(rotary.theta > 0) || !std::isfinite(rotary.theta)) text.fail(key, "must be positive");
  const bool older = *older_scaling && text.has(older_scaling);
  rotary.factor = read_linear_factor(text, older ? older_scaling : table);
  return rotary;
}

/// Which layers see only a window: every sixth sees all, unless the file says otherwise.
std::vector<bool> read_sliding(const HfConfig& text, std::int64_t layers) {
  std::vector<bool> sliding;
  if (text.has("layer_types")) {
    for (const std::string& type : text.texts("layer_types")) {
      if (type != "sliding_attention" && type != "full_attention") {
        text.fail("layer_types", "has '" + type + "'; 'sliding_attention' and 'full_attention' are known");
      }
      sliding.push_back(type == "sliding_attention");
    }
    if (std::ssize(sliding) != layers) {
      text.fail("layer_types", "has " + std::to_string(sliding.size()) + " entries for " + std::to_string(layers) +
                                   " layers (num_hidden_layers)");
    }
    return sliding;
  }
  const std::int64_t pattern = sdk::positive_integer(text, "sliding_window_pattern", 6);
  for (std::int64_t layer = 0; layer < layers; ++layer) sliding.push_back((layer + 1) % pattern != 0);
  return sliding;
}

DecoderShape read_text(const HfConfig& config) {
  const HfConfig text = config.object_or_empty("text_config");
  refuse_what_is_not_built(text);
  DecoderShape shape = sdk::language::read_decoder_shape(text, default_shape());
  try {
    shape.activation = sdk::nn::activation_from_name(text.text("hidden_activation", "gelu_pytorch_tanh"));
  } catch (const Error& error) {
    text.fail("hidden_activation", error.message());
  }
  shape.qkv_bias = false;
  shape.tied_head = config.flag("tie_word_embeddings", true);
  shape.query_key_norm = shape.norm_adds_one = shape.norms_after = true;
  shape.images_both_ways = true;
  shape.embedding_scale = std::sqrt(static_cast<double>(shape.width));
  const double scalar = text.number("query_pre_attn_scalar", 256);
  if (!(scalar > 0) || !std::isfinite(scalar)) text.fail("query_pre_attn_scalar", "must be positive");
  shape.attention_scale = 1 / std::sqrt(scalar);
  shape.sliding = read_sliding(text, shape.layers);
  shape.window = sdk::positive_integer(text, "sliding_window", 4096);
  shape.rotary = read_rotary(text, "rope_parameters.full_attention", "rope_theta", 1e6, "rope_scaling");
  shape.local_rotary = read_rotary(text, "rope_parameters.sliding_attention", "rope_local_base_freq", 1e4, "");
  return shape;
}

void read_pooling(const HfConfig& config, Gemma3Config& gemma) {
  gemma.image_tokens = sdk::positive_integer(config, "mm_tokens_per_image", 256);
  const auto side = static_cast<std::int64_t>(std::sqrt(static_cast<double>(gemma.image_tokens)));
  const std::int64_t grid = gemma.vision.grid();
  gemma.pool = grid / side;
  const std::int64_t pooled = gemma.pool > 0 ? grid / gemma.pool : 0;
  if (pooled * pooled == gemma.image_tokens) return;
  config.fail("mm_tokens_per_image", "is " + std::to_string(gemma.image_tokens) + ", to which the " +
                                         std::to_string(grid) + "x" + std::to_string(grid) +
                                         " patches of vision_config cannot be pooled");
}

std::int64_t read_token(const HfConfig& config, const char* key, std::int64_t fallback, std::int64_t vocabulary) {
  const std::int64_t id = config.integer(key, fallback);
  if (id >= 0 && id < vocabulary) return id;
  config.fail(key, "is " + std::to_string(id) + ", beyond the vocabulary of " + std::to_string(vocabulary) +
                       " (text_config.vocab_size)");
}

}  // namespace

Gemma3Config read_gemma3_config(const std::filesystem::path& file) {
  const HfConfig config = HfConfig::from_file(file);
  if (const std::string type = config.text("model_type", ""); type != "gemma3") {
    config.fail("model_type", "is '" + type + "', but this plugin loads 'gemma3' (Gemma 3 with images, MedGemma); " +
                                  "`medvlm list models` shows the other families");
  }
  Gemma3Config gemma;
  gemma.vision = sdk::nn::read_siglip_vision(config.object_or_empty("vision_config"));
  gemma.text = read_text(config);
  read_pooling(config, gemma);
  gemma.image_begin = read_token(config, "boi_token_index", 255999, gemma.text.vocabulary);
  gemma.image_end = read_token(config, "eoi_token_index", 256000, gemma.text.vocabulary);
  gemma.image_place = read_token(config, "image_token_index", 262144, gemma.text.vocabulary);
  return gemma;
}

}  // namespace medvlm::gemma3
