// A Gemma 3 checkpoint as a medvlm model that answers questions about an image.
#pragma once

#include <filesystem>
#include <string>

#include "gemma3_config.hpp"
#include "gemma3_images.hpp"
#include "gemma3_projector.hpp"
#include "medvlm/sdk/language/answering_model.hpp"

namespace medvlm::gemma3 {

class Gemma3Model final : public sdk::language::AnsweringModel {
 public:
  /// Reads configuration, processor and tokenizer; option `checkpoint` names the folder.
  explicit Gemma3Model(const Options& options);

  /// `pixels` are [1 + crops, 3, size, size].
  ProcessedImage preprocess(const Image& image) const override { return {images_(image), {}}; }
  std::string preprocessing_identity() const override { return images_.identity(); }
  /// [(1 + crops) * image tokens, width]
  at::Tensor encode_image(const ProcessedImage& image) const override;
  sdk::language::Prompt prompt(std::string_view question, const ProcessedImage& image,
                               const at::Tensor& features) const override;
  const sdk::language::Decoder& decoder() const override { return decoder_; }
  const sdk::Tokenizer& tokenizer() const override { return tokenizer_; }
  std::string prompt_end() const override { return template_.ending(); }
  std::string_view turn_end() const override { return "<end_of_turn>"; }
  const sdk::nn::VisionTower& vision() const { return vision_; }

 private:
  void check_tokenizer() const;

  std::filesystem::path folder_;
  Gemma3Config config_;
  Gemma3Images images_;
  sdk::Tokenizer tokenizer_;
  sdk::language::PromptTemplate template_;
  sdk::nn::VisionTower vision_;
  Projector projector_;
  sdk::language::Decoder decoder_;
};

}  // namespace medvlm::gemma3
