// VQA-RAD: clinicians' questions about radiological images.
#pragma once

#include "medvlm/base/options.hpp"
#include "medvlm/sdk/vqa/question_dataset.hpp"

namespace medvlm::vqa_rad {

/// Lists VQA-RAD in its release's layout or in its Parquet copy.
class VqaRad final : public sdk::QuestionDataset {
 public:
  /// Throws Error(data) that lists what was looked for.
  explicit VqaRad(const Options& options);
};

}  // namespace medvlm::vqa_rad
