// SLAKE: questions about radiological images, in English and Chinese.
#pragma once

#include "medvlm/base/options.hpp"
#include "medvlm/sdk/vqa/question_dataset.hpp"

namespace medvlm::slake {

/// Lists SLAKE in its release's layout or in a Parquet copy.
class Slake final : public sdk::QuestionDataset {
 public:
  /// Throws Error(data) that lists what was looked for.
  explicit Slake(const Options& options);
};

}  // namespace medvlm::slake
