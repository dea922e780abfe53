// A Qwen2-VL or Qwen2.5-VL checkpoint (Lingshu among them) as a medvlm model: answers questions about one image.
#pragma once

#include <filesystem>
#include <string>

#include "medvlm/base/options.hpp"
#include "medvlm/sdk/language/answering_model.hpp"
#include "qwen_config.hpp"
#include "qwen_processor.hpp"
#include "qwen_vision.hpp"

namespace medvlm::qwen_vl {

class QwenVlModel final : public sdk::language::AnsweringModel {
 public:
  /// Reads configuration, processor and tokenizer; the options are those of plugin.toml.
  explicit QwenVlModel(const Options& options);

  ProcessedImage preprocess(const Image& image) const override { return processor_(image); }
  std::string preprocessing_identity() const override { return processor_.identity(); }
  at::Tensor encode_image(const ProcessedImage& image) const override;
  sdk::language::Prompt prompt(std::string_view question, const ProcessedImage& image,
                               const at::Tensor& features) const override;
  const sdk::language::Decoder& decoder() const override { return decoder_; }
  const sdk::Tokenizer& tokenizer() const override { return tokenizer_; }
  std::string prompt_end() const override { return template_.ending(); }
  std::string_view turn_end() const override { return "<|im_end|>"; }

 private:
  QwenVlModel(const Options& options, const std::filesystem::path& folder, const QwenConfig& config);
  PatchGrid grid(const ProcessedImage& image) const;

  QwenConfig config_;
  QwenProcessor processor_;
  sdk::Tokenizer tokenizer_;
  sdk::language::PromptTemplate template_;
  VisionTower vision_;
  sdk::language::Decoder decoder_;
};

}  // namespace medvlm::qwen_vl
