// A VILA checkpoint as a medvlm model: SigLIP, a projector that merges patches, Llama.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "medvlm/sdk/image/processor.hpp"
#include "medvlm/sdk/language/answering_model.hpp"
#include "vila_config.hpp"
#include "vila_projector.hpp"
#include "vila_prompt.hpp"

namespace medvlm::vila {

class VilaModel final : public sdk::language::AnsweringModel {
 public:
  /// Reads configurations, processor and tokenizer; option `checkpoint` names the folder.
  explicit VilaModel(const Options& options);

  ProcessedImage preprocess(const Image& image) const override;
  std::string preprocessing_identity() const override;
  /// The projected image and, after it, the embeddings of what the tokenizer makes of a newline: a start token and a
  /// newline in Llama 3.
  at::Tensor encode_image(const ProcessedImage& image) const override;
  sdk::language::Prompt prompt(std::string_view question, const ProcessedImage& image,
                               const at::Tensor& features) const override;
  const sdk::language::Decoder& decoder() const override { return decoder_; }
  const sdk::Tokenizer& tokenizer() const override { return tokenizer_; }
  std::string prompt_end() const override { return template_.ending(); }
  std::string_view turn_end() const override { return "<|eot_id|>"; }

  /// What the projector gets: [1, patches, width].
  at::Tensor see(const ProcessedImage& image) const;
  const VilaProjector& projector() const { return projector_; }

 protected:
  std::string part_of(const std::string& layer) const override;

 private:
  VilaConfig config_;
  sdk::ImageProcessor processor_;
  sdk::Tokenizer tokenizer_;
  std::vector<std::int64_t> newline_;
  sdk::language::PromptTemplate template_;
  sdk::nn::VisionTower tower_;
  VilaProjector projector_;
  sdk::language::Decoder decoder_;
};

}  // namespace medvlm::vila
