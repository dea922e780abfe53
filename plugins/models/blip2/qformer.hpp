// The querying transformer (Q-Former): a BERT whose learnt queries look at an image through cross-attention.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "blip2_config.hpp"
#include "medvlm/sdk/nn/bert.hpp"

namespace medvlm::blip2 {

/// Queries take the way with cross-attention and their own feed-forward part, text tokens the plain one.
class QFormerLayer {
 public:
  QFormerLayer(const QFormerConfig& config, bool cross_attention);
  void declare(sdk::nn::ParameterList& list, const std::string& name);
  at::Tensor forward(const at::Tensor& x, std::int64_t queries, const at::Tensor& image, const at::Tensor& mask) const;

 private:
  at::Tensor look(const at::Tensor& queries, const at::Tensor& image) const;

  sdk::nn::BertAttention attention_;
  std::optional<sdk::nn::BertAttention> cross_attention_;
  sdk::nn::BertFeedForward text_forward_, query_forward_;
};

/// Does not move or copy: its layers hand out their addresses.
class QFormer {
 public:
  explicit QFormer(const QFormerConfig& config);
  QFormer(const QFormer&) = delete;
  QFormer& operator=(const QFormer&) = delete;
  void declare(sdk::nn::ParameterList& list, const std::string& name);

  /// x [n * k, tokens, width]: the first `queries` tokens are queries, the rest is text; image [n, image tokens, image
  /// width], each for k successive rows of x, undefined without queries; mask [n * k, tokens], 1 = token, 0 = padding, or
  /// undefined -> [n * k, tokens, width].
  at::Tensor forward(const at::Tensor& x, std::int64_t queries, const at::Tensor& image, const at::Tensor& mask = {}) const;
  /// The normalised input, then the output of every layer.
  std::vector<at::Tensor> hidden_states(const at::Tensor& x, std::int64_t queries, const at::Tensor& image,
                                        const at::Tensor& mask = {}) const;

 private:
  sdk::nn::LayerNorm norm_;
  std::deque<QFormerLayer> layers_;
};

}  // namespace medvlm::blip2
