// A SigLIP checkpoint as a medvlm model: encoder of images and texts, with layers that adapters may change.
#pragma once

#include <filesystem>

#include "medvlm/base/options.hpp"
#include "medvlm/core/model.hpp"
#include "medvlm/sdk/image/processor.hpp"
#include "medvlm/sdk/nn/parameters.hpp"
#include "siglip_text.hpp"
#include "siglip_towers.hpp"

namespace medvlm::siglip {

class SiglipModel final : public Model, public ImageTextEncoder, public Adaptable {
 public:
  /// Reads configuration, processor and tokenizer; option `checkpoint` names the folder.
  explicit SiglipModel(const Options& options);

  const ModelInfo& info() const override { return info_; }
  void load(c10::Device device, c10::ScalarType dtype) override;
  ImageTextEncoder* encoder() override { return this; }
  Adaptable* adaptable() override { return this; }

  ProcessedImage preprocess(const Image& image) const override;
  std::string preprocessing_identity() const override { return processor_.identity(); }
  ImageEmbeddings encode_images(std::span<const ProcessedImage> images) override;
  at::Tensor encode_texts(std::span<const std::string> texts) override;
  at::Tensor similarity(const at::Tensor& images, const at::Tensor& texts) override;
  LogitRule logit_rule() const override { return LogitRule::sigmoid; }
  std::int64_t probe_width() const override { return config_.vision.transformer.width; }

  std::vector<NamedLayer> layers() override;

  /// Ids [n, length] as the reference library makes them.
  at::Tensor tokenize(std::span<const std::string> texts) const;
  const VisionTower& vision() const { return vision_; }
  const TextTower& text() const { return text_; }

 private:
  std::filesystem::path folder_;
  SiglipConfig config_;
  sdk::ImageProcessor processor_;
  SiglipText tokenizer_;
  sdk::PadTo pad_to_;
  ModelInfo info_;
  sdk::nn::ParameterList parameters_;
  VisionTower vision_;
  TextTower text_;
  at::Tensor logit_scale_, logit_bias_;
  c10::Device device_ = c10::kCPU;
  c10::ScalarType dtype_ = c10::kFloat;
};

}  // namespace medvlm::siglip
