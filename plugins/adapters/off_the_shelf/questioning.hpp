// Asking a generative model the dataset's questions.
#pragma once

#include "medvlm/base/options.hpp"
#include "medvlm/core/adapter.hpp"

namespace medvlm::off_the_shelf {

/// What is put before a question.
enum class Instruction {
  none,       ///< the question alone
  benchmark,  ///< the original benchmark's: a sentence before questions whose reference answer is yes or no
};

/// The instruction, the question's frame and the generation settings of a study.
class Questioning {
 public:
  /// Throws Error(config) for a frame without "{}".
  explicit Questioning(const Options& options);

  /// The text that a model is asked.
  std::string instruction_for(const Sample& sample) const;
  /// One prediction per sample of the batch; `seed` is the study's.
  std::vector<Prediction> ask(Answerer& answerer, const AdapterBatch& batch, std::uint64_t seed) const;

 private:
  Instruction instruction_;
  std::string frame_;
  Generation generation_;
};

}  // namespace medvlm::off_the_shelf
