// An open_clip checkpoint as a medvlm model: encoder of images and texts, with layers that adapters may change.
#pragma once

#include <filesystem>
#include <memory>

#include "medvlm/base/options.hpp"
#include "medvlm/core/model.hpp"
#include "medvlm/sdk/image/processor.hpp"
#include "open_clip_config.hpp"
#include "open_clip_tokenizer.hpp"
#include "text_towers.hpp"
#include "vision_towers.hpp"

namespace medvlm::open_clip {

/// What the configuration describes: both towers, the scale of the logits, and their parameters. Needs no weights. Does
/// not move or copy: `parameters` points into it.
struct Architecture {
  explicit Architecture(const OpenClipConfig& config);
  Architecture(const Architecture&) = delete;
  Architecture& operator=(const Architecture&) = delete;

  std::unique_ptr<VisionTower> vision;
  std::unique_ptr<TextTower> text;
  at::Tensor logit_scale, logit_bias;  ///< scalars
  sdk::nn::ParameterList parameters;
};

class OpenClipModel final : public Model, public ImageTextEncoder, public Adaptable {
 public:
  /// Reads configuration and tokenizer, and of the weights what they are named; option `checkpoint` names the folder.
  explicit OpenClipModel(const Options& options);

  const ModelInfo& info() const override { return info_; }
  void load(c10::Device device, c10::ScalarType dtype) override;
  ImageTextEncoder* encoder() override { return this; }
  Adaptable* adaptable() override { return this; }

  ProcessedImage preprocess(const Image& image) const override { return {processor_(image), {}}; }
  std::string preprocessing_identity() const override { return processor_.identity(); }
  ImageEmbeddings encode_images(std::span<const ProcessedImage> images) override;
  at::Tensor encode_texts(std::span<const std::string> texts) override;
  at::Tensor similarity(const at::Tensor& images, const at::Tensor& texts) override;
  LogitRule logit_rule() const override { return config_.logit_bias ? LogitRule::sigmoid : LogitRule::softmax; }
  std::int64_t probe_width() const override { return config_.embedding; }

  std::vector<NamedLayer> layers() override;

  const OpenClipTokenizer& tokenizer() const { return tokenizer_; }
  const VisionTower& vision() const { return *architecture_.vision; }
  const TextTower& text() const { return *architecture_.text; }

 private:
  void describe();

  std::filesystem::path folder_;
  sdk::Checkpoint checkpoint_;
  OpenClipConfig config_;
  OpenClipTokenizer tokenizer_;
  sdk::ImageProcessor processor_;
  Architecture architecture_;
  ModelInfo info_;
  c10::Device device_ = c10::kCPU;
  c10::ScalarType dtype_ = c10::kFloat;
};

}  // namespace medvlm::open_clip
