// A MedCLIP folder as a medvlm model: encoder of images and texts, with layers that adapters may change.
#pragma once

#include <filesystem>
#include <memory>

#include "medclip_images.hpp"
#include "medclip_network.hpp"
#include "medvlm/base/options.hpp"
#include "medvlm/core/model.hpp"
#include "medvlm/sdk/nn/parameters.hpp"
#include "medvlm/sdk/text/batch.hpp"
#include "medvlm/sdk/text/tokenizer.hpp"

namespace medvlm::medclip {

class MedclipModel final : public Model, public ImageTextEncoder, public Adaptable {
 public:
  /// Reads configuration and vocabulary. Options: `checkpoint` names the folder, `preprocessing` is "medclip" (default) or
  /// "benchmark", `text_batching` is "together" (default) or "alone".
  explicit MedclipModel(const Options& options);

  const ModelInfo& info() const override { return info_; }
  void load(c10::Device device, c10::ScalarType dtype) override;
  ImageTextEncoder* encoder() override { return this; }
  Adaptable* adaptable() override { return this; }

  ProcessedImage preprocess(const Image& image) const override { return {images_(image), {}}; }
  std::string preprocessing_identity() const override { return images_.identity(); }
  /// ImageEmbeddings::features are the joint embeddings at unit length, which is what the original benchmark probes.
  ImageEmbeddings encode_images(std::span<const ProcessedImage> images) override;
  at::Tensor encode_texts(std::span<const std::string> texts) override;
  bool texts_depend_on_batch() const override { return together_; }
  at::Tensor similarity(const at::Tensor& images, const at::Tensor& texts) override;
  LogitRule logit_rule() const override { return LogitRule::softmax; }
  std::int64_t probe_width() const override { return config_.projection; }

  std::vector<NamedLayer> layers() override;

  /// Ids and mask as the package makes them: padded to the longest, cut at 77 with the end token kept.
  sdk::TokenBatch tokenize(std::span<const std::string> texts) const;
  const MedclipNetwork& network() const { return network_; }

 private:
  void describe();

  std::filesystem::path folder_;
  MedclipConfig config_;
  MedclipImages images_;
  sdk::Tokenizer tokenizer_;
  std::int64_t pad_token_ = 0;
  bool together_ = true;
  ModelInfo info_;
  sdk::nn::ParameterList parameters_;
  MedclipNetwork network_;
  c10::Device device_ = c10::kCPU;
  c10::ScalarType dtype_ = c10::kFloat;
};

}  // namespace medvlm::medclip
