// FairVLMed VQA: questions made of clinical notes about scanning laser ophthalmoscope fundus images.
#pragma once

#include "medvlm/base/options.hpp"
#include "medvlm/sdk/vqa/question_dataset.hpp"

namespace medvlm::fairvlmed_vqa {

/// Lists vqa_<split>.csv; pictures are the arrays `slo_fundus` of the release's .npz files, or its JPEG files.
class FairVlMedVqa final : public sdk::QuestionDataset {
 public:
  /// Throws Error(data) that lists what was looked for.
  explicit FairVlMedVqa(const Options& options);
};

}  // namespace medvlm::fairvlmed_vqa
