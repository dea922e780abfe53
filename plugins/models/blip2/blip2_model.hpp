// A BLIP-2 checkpoint for image-text retrieval as a medvlm model.
#pragma once

#include <filesystem>

#include "blip2_text.hpp"
#include "medvlm/base/options.hpp"
#include "medvlm/core/model.hpp"
#include "medvlm/sdk/image/processor.hpp"
#include "qformer.hpp"
#include "vision_tower.hpp"

namespace medvlm::blip2 {

/// What similarity() compares.
enum class Score {
  itc,  ///< contrastive: the largest cosine of a query's output with the text
  itm,  ///< matching: the Q-Former reads image and text together and a classifier says whether they belong together
};

/// Its embeddings depend on the score:
/// - itc: joint [n, queries, d], texts [m, d].
/// - itm: joint [n, tokens, width], the vision tower's states; texts [m, context, width of the Q-Former + 1], the
///   embedded tokens with a last column of 1 for a token and 0 for padding. Everything that the two together need is in
///   the two tensors, so that they can be cached and differentiated like any others.
/// Features for probes are the class token after the vision tower's final norm, [n, width].
class Blip2Model final : public Model, public ImageTextEncoder, public Adaptable {
 public:
  /// Reads configuration, processor and tokenizer; options `checkpoint` (folder) and `score`.
  explicit Blip2Model(const Options& options);

  const ModelInfo& info() const override { return info_; }
  /// The Q-Former and its queries stay in float32, as in the reference.
  void load(c10::Device device, c10::ScalarType dtype) override;
  ImageTextEncoder* encoder() override { return this; }
  Adaptable* adaptable() override { return this; }

  ProcessedImage preprocess(const Image& image) const override;
  std::string preprocessing_identity() const override { return processor_.identity(); }
  ImageEmbeddings encode_images(std::span<const ProcessedImage> images) override;
  at::Tensor encode_texts(std::span<const std::string> texts) override;
  /// itc: the cosine, without a temperature. itm: the logit of "match" minus that of "no match"; its sigmoid is the
  /// probability of a match. Throws Error(config) for texts that encode_texts() did not make (means of several prompts).
  at::Tensor similarity(const at::Tensor& images, const at::Tensor& texts) override;
  LogitRule logit_rule() const override { return score_ == Score::itm ? LogitRule::sigmoid : LogitRule::softmax; }
  std::int64_t probe_width() const override { return config_.vision.transformer.width; }

  std::vector<NamedLayer> layers() override;

  /// Both logits of every pair, [n, m, 2]: no match, match.
  at::Tensor matching_logits(const at::Tensor& images, const at::Tensor& texts) const;
  /// What the Q-Former makes of each pair of an image and a text, in its layers: images [n, ...], texts [n, ...].
  std::vector<at::Tensor> matching_states(const at::Tensor& images, const at::Tensor& texts) const;

  const Blip2Tokenizer& tokenizer() const { return tokenizer_; }
  const VisionTower& vision() const { return vision_; }
  const QFormer& qformer() const { return qformer_; }
  const TextEmbeddings& embeddings() const { return embeddings_; }
  const at::Tensor& queries() const { return queries_; }

 private:
  struct Pairs;
  Pairs pairs(const at::Tensor& images, const at::Tensor& texts) const;

  std::filesystem::path folder_;
  Score score_;
  Blip2Config config_;
  sdk::ImageProcessor processor_;
  Blip2Tokenizer tokenizer_;
  ModelInfo info_;
  sdk::nn::ParameterList parameters_;
  VisionTower vision_;
  TextEmbeddings embeddings_;
  QFormer qformer_;
  sdk::nn::Linear vision_projection_, text_projection_, matching_head_;
  at::Tensor queries_;
  c10::Device device_ = c10::kCPU;
  c10::ScalarType dtype_ = c10::kFloat;
};

}  // namespace medvlm::blip2
