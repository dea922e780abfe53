// A CLIP checkpoint as a medvlm model: encoder of images and texts, with layers that adapters may change.
#pragma once

#include <filesystem>
#include <memory>

#include "clip_towers.hpp"
#include "medvlm/base/options.hpp"
#include "medvlm/core/model.hpp"
#include "medvlm/sdk/image/processor.hpp"
#include "medvlm/sdk/nn/parameters.hpp"
#include "medvlm/sdk/text/batch.hpp"
#include "medvlm/sdk/text/tokenizer.hpp"

namespace medvlm::clip {

class ClipModel final : public Model, public ImageTextEncoder, public Adaptable {
 public:
  /// Reads configuration, processor and tokenizer; option `checkpoint` names the folder.
  explicit ClipModel(const Options& options);

  const ModelInfo& info() const override { return info_; }
  void load(c10::Device device, c10::ScalarType dtype) override;
  ImageTextEncoder* encoder() override { return this; }
  Adaptable* adaptable() override { return this; }

  ProcessedImage preprocess(const Image& image) const override;
  std::string preprocessing_identity() const override { return processor_.identity(); }
  ImageEmbeddings encode_images(std::span<const ProcessedImage> images) override;
  at::Tensor encode_texts(std::span<const std::string> texts) override;
  at::Tensor similarity(const at::Tensor& images, const at::Tensor& texts) override;
  LogitRule logit_rule() const override { return LogitRule::softmax; }
  std::int64_t probe_width() const override { return config_.projection; }

  std::vector<NamedLayer> layers() override;

  /// Ids and mask as the reference library makes them: padded to the longest, cut at the context with the end token kept.
  sdk::TokenBatch tokenize(std::span<const std::string> texts) const;
  const VisionTower& vision() const { return vision_; }
  const TextTower& text() const { return text_; }
  /// All weights by name, e.g. to train or to write them.
  const sdk::nn::ParameterList& parameters() const { return parameters_; }

 private:
  void declare();
  void describe();

  std::filesystem::path folder_;
  ClipConfig config_;
  sdk::ImageProcessor processor_;
  sdk::Tokenizer tokenizer_;
  std::int64_t pad_token_ = 0;
  ModelInfo info_;
  sdk::nn::ParameterList parameters_;
  VisionTower vision_;
  TextTower text_;
  sdk::nn::Linear visual_projection_, text_projection_;
  at::Tensor logit_scale_;
  c10::Device device_ = c10::kCPU;
  c10::ScalarType dtype_ = c10::kFloat;
};

}  // namespace medvlm::clip
