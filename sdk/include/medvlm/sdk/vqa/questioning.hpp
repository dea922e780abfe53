// How an adapter asks a generative model the dataset's questions: the options `instruction`, `question_template`,
// `max_new_tokens`, `temperature`, `top_p`, `top_k` and `repetition_penalty`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "medvlm/base/options.hpp"
#include "medvlm/core/adapter.hpp"

namespace medvlm::sdk {

/// The instruction, the question's frame and the generation settings of a study.
class MEDVLM_API Questioning {
 public:
  /// What is put before a question.
  enum class Instruction {
    none,       ///< the question alone
    benchmark,  ///< the original benchmark's: a sentence before questions whose reference answer is yes or no
  };

  /// Throws Error(config) for a frame without "{}".
  explicit Questioning(const Options& options);

  /// The text that a model is asked.
  std::string instruction_for(const Sample& sample) const;
  /// The question about an image, which must outlive it; `seed` is the study's.
  Question question(const Sample& sample, const ProcessedImage& image, std::uint64_t seed) const;
  /// One prediction per sample of the batch.
  std::vector<Prediction> ask(Answerer& answerer, const AdapterBatch& batch, std::uint64_t seed) const;

 private:
  Instruction instruction_;
  std::string frame_;
  Generation generation_;
};

}  // namespace medvlm::sdk
