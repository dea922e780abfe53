// What every generative model does alike: loading, grouping by image, prompts that are too long, answers, learning them.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "medvlm/base/options.hpp"
#include "medvlm/core/model.hpp"
#include "medvlm/sdk/language/generator.hpp"
#include "medvlm/sdk/nn/parameters.hpp"
#include "medvlm/sdk/text/tokenizer.hpp"

namespace medvlm::sdk::language {

/// A folder of weights and the parameters that come from it.
struct WeightPart {
  std::filesystem::path folder;
  nn::ParameterList parameters;
};

/// What to do with a question that does not fit into the context.
enum class TooLong { truncate, error };
/// "truncate" or "error", the values of the option `too_long`.
MEDVLM_API TooLong too_long_from_name(std::string_view name);

/// Base of a family: it declares its weights in parts(), encodes one image and writes prompts; the rest is done here.
/// One thread at a time except preprocess().
class MEDVLM_API AnsweringModel : public Model, public Answerer, public TrainableAnswerer, public Adaptable {
 public:
  ~AnsweringModel() override;
  const ModelInfo& info() const override { return info_; }
  /// On the CPU in float32 the decoder's matrices stay as they are stored (mapped, also in bfloat16 or float16), and are
  /// converted as they are used, which gives the same numbers; everything else is converted here.
  void load(c10::Device device, c10::ScalarType dtype) override;
  Answerer* answerer() override { return this; }
  TrainableAnswerer* trainable_answerer() override { return this; }
  Adaptable* adaptable() override { return this; }
  std::vector<Answer> answer(std::span<const Question> questions, const Generation& generation) override;
  /// Questions are cut as answer() cuts them, answers on the right where even that does not make them fit. Memory: the
  /// states of the rows, and logits of the answers' tokens alone. Heeds nn::GradientCheckpointing.
  AnswerLoss answer_loss(std::span<const TaughtQuestion> questions) override;
  std::vector<NamedLayer> layers() override;

  // --- what a family says; public so that conformance tests can look at each step ---
  /// Features of one preprocessed image as the decoder takes them: [tokens, width] on the device, in the model's dtype.
  virtual at::Tensor encode_image(const ProcessedImage& image) const = 0;
  /// The prompt for a question, with `features` (as encode_image() gave them) in their place.
  virtual Prompt prompt(std::string_view question, const ProcessedImage& image, const at::Tensor& features) const = 0;
  /// The text of an answer. Default: the tokenizer's decoding without special tokens, stripped.
  virtual std::string decode(std::span<const std::int64_t> ids) const;
  /// The tokens of an answer that is to be learnt, as they follow the prompt, the end included. Default: what the stripped
  /// text becomes behind prompt_end(), with a blank between them if that ends in the middle of a line ("ASSISTANT:"); then
  /// turn_end(), or the first stop token of settings() where the tokenizer has none such. Throws Error(checkpoint) if
  /// nothing ends an answer.
  virtual std::vector<std::int64_t> answer_ids(std::string_view answer) const;
  /// The text that every prompt ends with.
  virtual std::string prompt_end() const { return {}; }
  /// The token that ends the family's answers, by its text; empty: the first stop token.
  virtual std::string_view turn_end() const { return {}; }
  virtual const Decoder& decoder() const = 0;
  virtual const Tokenizer& tokenizer() const = 0;
  const GenerationSettings& settings() const { return settings_; }
  /// All weights by the folder that they come from, e.g. to train or to write them.
  const std::vector<std::unique_ptr<WeightPart>>& parts() const { return parts_; }
  /// After load().
  Generator generator(Generator::Sharing sharing = {}) const;

 protected:
  AnsweringModel(std::string family, TooLong too_long);
  /// Adds a folder of weights; the reference stays valid.
  nn::ParameterList& add_part(const std::filesystem::path& folder);
  /// To be called at the end of the family's constructor: `files` determine the outputs, `settings` are the defaults.
  void describe(std::vector<std::filesystem::path> files, GenerationSettings settings);
  c10::Device device() const { return device_; }
  c10::ScalarType dtype() const { return dtype_; }
  /// What a parameter's layers are called for adapters: "vision", "projector" or "language". Default: by the usual words
  /// in the name ("vision", "visual", "projector", "mlp1", "merger").
  virtual std::string part_of(const std::string& layer) const;

 private:
  Prompt fitting_prompt(const Question& question, const at::Tensor& features, std::int64_t answer_tokens) const;

  ModelInfo info_;
  TooLong too_long_;
  std::vector<std::unique_ptr<WeightPart>> parts_;
  GenerationSettings settings_;
  c10::Device device_ = c10::kCPU;
  c10::ScalarType dtype_ = c10::kFloat;
};

}  // namespace medvlm::sdk::language
