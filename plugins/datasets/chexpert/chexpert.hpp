// The CheXpert dataset: chest radiographs with findings.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "findings.hpp"
#include "medvlm/base/options.hpp"
#include "medvlm/core/dataset.hpp"

namespace medvlm::chexpert {

/// Lists CheXpert: train.csv is the train split, valid.csv the test split. Each is opened only for its own samples.
class Chexpert final : public Dataset {
 public:
  explicit Chexpert(const Options& options);

  const DatasetInfo& info() const override { return info_; }
  std::vector<Split> splits() const override;
  std::vector<Sample> samples(Split split) override;
  EncodedImage read_image(const Sample& sample) const override;
  Image decode_image(const EncodedImage& encoded) const override;

 private:
  std::string label_set_;
  Uncertain uncertain_;
  std::filesystem::path folder_;  ///< holds train.csv, valid.csv and the image folders
  DatasetInfo info_;
};

}  // namespace medvlm::chexpert
