#include "text_towers.hpp"

#include <ATen/ATen.h>

#include "medvlm/sdk/nn/fused_transformer.hpp"
#include "vision_towers.hpp"

namespace medvlm::open_clip {
namespace {

using sdk::nn::Linear;
using sdk::nn::ParameterList;

at::Tensor row_numbers(const at::Tensor& ids) {
  return at::arange(ids.size(0), at::TensorOptions(at::kLong).device(ids.device()));
}

/// open_clip.transformer.TextTransformer.
class OwnTextTower final : public TextTower {
 public:
  OwnTextTower(const ClipTextConfig& config, std::int64_t context, std::int64_t embedding)
      : config_(config),
        context_(context),
        embedding_(embedding),
        token_(config.vocabulary, config.transformer.width),
        final_norm_(config.transformer.width, config.transformer.epsilon),
        projection_layer_(config.transformer.width, embedding),
        transformer_(config.transformer, config.parts) {}

  void declare(ParameterList& list) override {
    const std::int64_t width = config_.transformer.width;
    list.add(config_.prefix + "positional_embedding", {context_, width}, positions_);
    token_.declare(list, config_.prefix + "token_embedding");
    transformer_.declare(list, config_.prefix + "transformer.resblocks", own_block_names());
    final_norm_.declare(list, config_.prefix + "ln_final");
    const std::string name = config_.prefix + "text_projection";
    if (config_.projection == ClipTextConfig::Projection::matrix) list.add(name, {width, embedding_}, projection_);
    if (config_.projection == ClipTextConfig::Projection::linear) projection_layer_.declare(list, name);
  }

  at::Tensor forward(const at::Tensor& ids) const override {
    const at::Tensor pooled = final_norm_.forward(pool(transformer_.forward(embed(ids), config_.causal), ids));
    if (config_.projection == ClipTextConfig::Projection::matrix) return at::matmul(pooled, projection_);
    return config_.projection == ClipTextConfig::Projection::linear ? projection_layer_.forward(pooled) : pooled;
  }

  std::vector<at::Tensor> hidden_states(const at::Tensor& ids) const override {
    std::vector<at::Tensor> states{embed(ids)};
    for (at::Tensor& state : transformer_.hidden_states(states.front(), config_.causal)) states.push_back(std::move(state));
    states.push_back(final_norm_.forward(states.back()));
    return states;
  }

 private:
  at::Tensor embed(const at::Tensor& ids) const { return token_.forward(ids) + positions_; }

  /// The one state of each text that stands for it; the norm that follows looks at each state alone.
  at::Tensor pool(const at::Tensor& states, const at::Tensor& ids) const {
    switch (config_.pool) {
      case ClipTextConfig::Pool::first: return states.select(1, 0);
      case ClipTextConfig::Pool::last: return states.select(1, -1);
      case ClipTextConfig::Pool::argmax: return states.index({row_numbers(ids), ids.argmax(1)});
      case ClipTextConfig::Pool::eos:
        return states.index({row_numbers(ids), (ids == config_.eos_token).to(at::kInt).argmax(1)});
    }
    return states;
  }

  ClipTextConfig config_;
  std::int64_t context_, embedding_;
  at::Tensor positions_, projection_;
  sdk::nn::Embedding token_;
  sdk::nn::LayerNorm final_norm_;
  Linear projection_layer_;
  sdk::nn::FusedTransformer transformer_;
};

/// open_clip.hf_model.HFTextEncoder around BERT.
class BertTower final : public TextTower {
 public:
  BertTower(const BertTextConfig& config, std::int64_t embedding)
      : config_(config),
        bert_(config.shape),
        linear_(width(), embedding, false),
        up_(width(), (width() + embedding) / 2, false),
        down_((width() + embedding) / 2, embedding, false) {}

  void declare(ParameterList& list) override {
    bert_.declare(list, "text.transformer.");
    if (config_.projection == BertTextConfig::Projection::linear) linear_.declare(list, "text.proj");
    if (config_.projection != BertTextConfig::Projection::mlp) return;
    up_.declare(list, "text.proj.0");
    down_.declare(list, "text.proj.2");
  }

  at::Tensor forward(const at::Tensor& ids) const override {
    const at::Tensor mask = token_mask(ids);
    const at::Tensor pooled = pool(bert_.forward(ids, mask), mask);
    switch (config_.projection) {
      case BertTextConfig::Projection::linear: return linear_.forward(pooled);
      case BertTextConfig::Projection::mlp: return down_.forward(at::gelu(up_.forward(pooled)));
      case BertTextConfig::Projection::none: break;
    }
    return pooled;
  }

  std::vector<at::Tensor> hidden_states(const at::Tensor& ids) const override {
    return bert_.hidden_states(ids, token_mask(ids));
  }

 private:
  std::int64_t width() const { return config_.shape.transformer.width; }
  at::Tensor token_mask(const at::Tensor& ids) const { return (ids != config_.pad_token).to(at::kLong); }

  at::Tensor pool(const at::Tensor& states, const at::Tensor& mask) const {
    if (config_.pool == BertTextConfig::Pool::pooler) return bert_.pool(states);
    if (config_.pool == BertTextConfig::Pool::token) return states.select(1, 0);
    const at::Tensor weights = mask.to(states.scalar_type()).unsqueeze(-1);
    return (states * weights).sum(1) / weights.sum(1);
  }

  BertTextConfig config_;
  sdk::nn::Bert bert_;
  Linear linear_, up_, down_;
};

}  // namespace

std::unique_ptr<TextTower> make_text_tower(const TextConfig& config, std::int64_t embedding) {
  if (config.bert) return std::make_unique<BertTower>(*config.bert, embedding);
  return std::make_unique<OwnTextTower>(config.clip, config.context, embedding);
}

}  // namespace medvlm::open_clip
