// VQA datasets that exist in several layouts: the dataset says what it is, a source lists and reads one layout.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "medvlm/base/api.hpp"
#include "medvlm/core/dataset.hpp"

namespace medvlm::sdk {

/// The questions of a dataset in one layout.
class MEDVLM_API QuestionSource {
 public:
  virtual ~QuestionSource();

  /// These three as in Dataset.
  virtual std::vector<Split> splits() const = 0;
  virtual std::vector<Sample> samples(Split split) = 0;
  virtual EncodedImage read_image(const Sample& sample) const = 0;
};

/// A VQA dataset whose confidence intervals resample pictures: group `image`.
class MEDVLM_API QuestionDataset : public Dataset {
 public:
  QuestionDataset(std::string name, std::string modality, std::unique_ptr<QuestionSource> source);

  const DatasetInfo& info() const override { return info_; }
  std::vector<Split> splits() const override { return source_->splits(); }
  /// Throws Error(data) also for a split that there is not, and for one without questions.
  std::vector<Sample> samples(Split split) override;
  EncodedImage read_image(const Sample& sample) const override { return source_->read_image(sample); }
  /// Picture files and numpy's arrays.
  Image decode_image(const EncodedImage& encoded) const override;

 private:
  DatasetInfo info_;
  std::unique_ptr<QuestionSource> source_;
};

}  // namespace medvlm::sdk
