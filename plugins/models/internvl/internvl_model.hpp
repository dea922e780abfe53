// An InternVL3 checkpoint as a medvlm model that answers questions.
#pragma once

#include <filesystem>
#include <string>

#include "internvl_config.hpp"
#include "internvl_tiles.hpp"
#include "internvl_vision.hpp"
#include "medvlm/base/options.hpp"
#include "medvlm/sdk/language/answering_model.hpp"

namespace medvlm::internvl {

class InternVlModel final : public sdk::language::AnsweringModel {
 public:
  /// Reads configuration and tokenizer; option `checkpoint` names the folder.
  explicit InternVlModel(const Options& options);

  ProcessedImage preprocess(const Image& image) const override { return {tiler_(image), {}}; }
  std::string preprocessing_identity() const override { return tiler_.identity(); }
  /// The features of all tiles, one tile after another.
  at::Tensor encode_image(const ProcessedImage& image) const override;
  sdk::language::Prompt prompt(std::string_view question, const ProcessedImage& image,
                               const at::Tensor& features) const override;
  const sdk::language::Decoder& decoder() const override { return decoder_; }
  const sdk::Tokenizer& tokenizer() const override { return tokenizer_; }
  std::string prompt_end() const override { return template_.ending(); }
  std::string_view turn_end() const override { return "<|im_end|>"; }

 private:
  void check_tiles() const;
  void read_marks();

  std::filesystem::path folder_;
  InternVlConfig config_;
  Tiler tiler_;
  sdk::Tokenizer tokenizer_;
  sdk::language::PromptTemplate template_;
  std::string image_begin_ = "<img>", image_end_ = "</img>";
  std::int64_t image_token_ = 0;  ///< stands in the ids once for every feature
  VisionTower vision_;
  Projector projector_;
  sdk::language::Decoder decoder_;
};

}  // namespace medvlm::internvl
