// PathVQA: questions about pathology images.
#pragma once

#include "medvlm/base/options.hpp"
#include "medvlm/sdk/vqa/question_dataset.hpp"

namespace medvlm::path_vqa {

/// Lists PathVQA's Parquet copy, or its release with the questions converted from pickles to JSON.
class PathVqa final : public sdk::QuestionDataset {
 public:
  /// Throws Error(data) that lists what was looked for, or says what to do with pickles.
  explicit PathVqa(const Options& options);
};

}  // namespace medvlm::path_vqa
