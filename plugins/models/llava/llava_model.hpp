// A LLaVA checkpoint as a medvlm model that answers questions about an image.
#pragma once

#include <filesystem>

#include "llava_image.hpp"
#include "medvlm/sdk/language/answering_model.hpp"

namespace medvlm::llava {

class LlavaModel final : public sdk::language::AnsweringModel {
 public:
  /// Reads configuration, processor and tokenizer; option `checkpoint` names the folder.
  explicit LlavaModel(const Options& options);

  ProcessedImage preprocess(const Image& image) const override { return {image_(image), {}}; }
  std::string preprocessing_identity() const override { return image_.identity(); }
  /// Patch features of the chosen layer through the projector: [patches, width].
  at::Tensor encode_image(const ProcessedImage& image) const override;
  sdk::language::Prompt prompt(std::string_view question, const ProcessedImage& image,
                               const at::Tensor& features) const override;
  const sdk::language::Decoder& decoder() const override { return decoder_; }
  const sdk::Tokenizer& tokenizer() const override { return tokenizer_; }
  std::string prompt_end() const override { return template_.ending(); }

  /// What goes into the projector, [patches, tower width].
  at::Tensor tower_features(const ProcessedImage& image) const;
  /// Through the projector: [..., tower width] -> [..., width].
  at::Tensor project(const at::Tensor& features) const;

 private:
  void declare();

  std::filesystem::path folder_;
  LlavaConfig config_;
  LlavaImage image_;
  sdk::Tokenizer tokenizer_;
  sdk::language::PromptTemplate template_;
  sdk::language::Decoder decoder_;
  sdk::nn::VisionTower tower_;
  sdk::nn::Linear projector_first_, projector_second_;
};

}  // namespace medvlm::llava
