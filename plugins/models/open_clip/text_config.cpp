// text_cfg: open_clip's own transformer or a Hugging Face BERT, and the tokenizer of either.
#include "config_parts.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::open_clip {
namespace {

using sdk::HfConfig;

ClipTextConfig read_clip_text(const HfConfig& text, bool quick_gelu, bool custom) {
  refuse_flags(text, {"embed_cls", "block_type", "qk_norm", "scaled_cosine_attn", "scale_heads", "scale_attn_inner",
                      "scale_attn", "scale_fc"});
  ClipTextConfig clip;
  clip.transformer.width = sdk::positive_integer(text, "width", 512);
  clip.transformer.heads = sdk::positive_integer(text, "heads", 8);
  clip.transformer.layers = sdk::positive_integer(text, "layers", 12);
  clip.transformer.hidden = hidden_width(text, clip.transformer.width);
  if (clip.transformer.width % clip.transformer.heads != 0) text.fail("heads", "does not divide width");
  read_norm_and_activation(text, quick_gelu, clip.transformer);
  clip.parts.layer_scale = text.has("ls_init_value");
  clip.vocabulary = sdk::positive_integer(text, "vocab_size", 49408);
  clip.eos_token = text.integer("eos_id", 2);
  clip.causal = !text.flag("no_causal_mask", false);
  const std::string pool = text.text("pool_type", "argmax");
  using Pool = ClipTextConfig::Pool;
  clip.pool = pool == "first" ? Pool::first : pool == "last" ? Pool::last : pool == "eos" ? Pool::eos : Pool::argmax;
  if (clip.pool == Pool::argmax && pool != "argmax") {
    text.fail("pool_type", "expected first, last, argmax or eos; found '" + pool + "'");
  }
  using Projection = ClipTextConfig::Projection;
  clip.projection = text.flag("proj_bias", false) ? Projection::linear : Projection::matrix;
  if (text.text("proj_type", "linear") == "none") clip.projection = Projection::none;
  clip.prefix = custom ? "text." : "";
  return clip;
}

BertTextConfig::Pool read_pool(const HfConfig& text) {
  using Pool = BertTextConfig::Pool;
  // Without a type open_clip takes the one of the architecture; absent is not the same.
  const std::string pool = is_null(text, "hf_pooler_type") ? "cls_pooler" : text.text("hf_pooler_type", "mean_pooler");
  if (pool == "cls_pooler") return Pool::pooler;
  if (pool == "cls_last_hidden_state_pooler") return Pool::token;
  if (pool == "mean_pooler") return Pool::mean;
  text.fail("hf_pooler_type", "expected cls_pooler, cls_last_hidden_state_pooler or mean_pooler; found '" + pool + "'");
}

BertTextConfig::Projection read_projection(const HfConfig& text, std::int64_t width, std::int64_t embedding) {
  using Projection = BertTextConfig::Projection;
  if (is_null(text, "hf_proj_type")) {
    if (width != embedding) text.fail("hf_proj_type", "null needs a text model as wide as embed_dim");
    return Projection::none;
  }
  const std::string projection = text.text("hf_proj_type", "mlp");
  if (projection == "linear") return Projection::linear;
  if (projection == "mlp") return Projection::mlp;
  text.fail("hf_proj_type", "expected linear, mlp or null; found '" + projection + "'");
}

/// The text model's config.json: in a subfolder named like its hub id.
std::filesystem::path find_bert_config(const HfConfig& text, const std::filesystem::path& folder) {
  const std::filesystem::path name = text.text("hf_model_name");
  for (const auto& part : name) {
    if (part == ".." || name.is_absolute()) text.fail("hf_model_name", "must be a hub id, is '" + name.string() + "'");
  }
  const auto file = folder / name / "config.json";
  if (std::filesystem::exists(file)) return file;
  text.fail("hf_model_name", "the sizes of the text model are in '" + file.string() +
                                 "', which is missing: copy config.json of " + name.string() + " from the hub to that place");
}

BertTextConfig read_bert_text(const HfConfig& text, const HfConfig& bert, std::int64_t embedding) {
  if (const std::string type = bert.text("model_type", ""); type != "bert") {
    bert.fail("model_type", "is '" + type + "'; this plugin has text towers of type bert only");
  }
  BertTextConfig config;
  config.shape = sdk::nn::read_bert_shape(bert);
  config.pad_token = bert.integer("pad_token_id", 0);
  config.pool = read_pool(text);
  config.shape.pooler = config.pool == BertTextConfig::Pool::pooler;
  config.projection = read_projection(text, config.shape.transformer.width, embedding);
  return config;
}

}  // namespace

TextConfig read_text(const HfConfig& text, const std::filesystem::path& folder, bool quick_gelu, bool custom,
                     std::int64_t embedding) {
  TextConfig config;
  config.context = sdk::positive_integer(text, "context_length", 77);
  if (text.text("hf_model_name", "").empty()) {
    config.clip = read_clip_text(text, quick_gelu, custom);
    if (config.clip.projection == ClipTextConfig::Projection::none && config.clip.transformer.width != embedding) {
      text.fail("proj_type", "none needs a text tower as wide as embed_dim");
    }
    return config;
  }
  config.bert_config = find_bert_config(text, folder);
  config.bert = read_bert_text(text, HfConfig::from_file(config.bert_config), embedding);
  if (config.context > config.bert->shape.positions) {
    text.fail("context_length", "exceeds max_position_embeddings of the text model, " +
                                    std::to_string(config.bert->shape.positions));
  }
  return config;
}

TokenizerConfig read_tokenizer(const HfConfig& text) {
  TokenizerConfig config;
  config.hugging_face = !text.text("hf_tokenizer_name", "").empty();
  if (!config.hugging_face && !text.text("hf_model_name", "").empty()) {
    text.fail("hf_tokenizer_name", "is missing; a Hugging Face text model needs its own tokenizer");
  }
  refuse_flags(text, {"tokenizer_mode"});
  const HfConfig options = text.object_or_empty("tokenizer_kwargs");
  for (const std::string& key : options.keys()) {
    if (key != "clean" && !(key == "strip_sep_token" && config.hugging_face)) options.fail(key, "is not supported");
  }
  using Clean = TokenizerConfig::Clean;
  const std::string clean = options.text("clean", config.hugging_face ? "whitespace" : "lower");
  config.clean = clean == "whitespace" ? Clean::whitespace : clean == "canonicalize" ? Clean::canonicalize : Clean::lower;
  if (config.clean == Clean::lower && clean != "lower") {
    options.fail("clean", "expected whitespace, lower or canonicalize; found '" + clean + "'");
  }
  config.strip_sep = options.flag("strip_sep_token", false);
  return config;
}

}  // namespace medvlm::open_clip
