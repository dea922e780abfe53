// The sets of MedMNIST: images and labels of every split as arrays of one .npz file.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "medvlm/base/options.hpp"
#include "medvlm/core/dataset.hpp"
#include "medvlm/sdk/table/npz.hpp"

namespace medvlm::medmnist {

/// Lists any 2D set of MedMNIST. Arrays of a split are read when that split is asked for; its images are unpacked once.
class MedMnist final : public Dataset {
 public:
  explicit MedMnist(const Options& options);

  const DatasetInfo& info() const override { return info_; }
  std::vector<Split> splits() const override;
  std::vector<Sample> samples(Split split) override;
  EncodedImage read_image(const Sample& sample) const override;
  Image decode_image(const EncodedImage& encoded) const override;

 private:
  std::int64_t check_split(Split split) const;
  std::int64_t label_columns() const;
  void set_label(Sample& sample, std::span<const std::int64_t> row) const;
  const sdk::NpyArray& images(Split split) const;

  sdk::NpzFile file_;
  DatasetInfo info_;
  mutable std::mutex mutex_;  ///< guards images_
  mutable std::optional<sdk::NpyArray> images_[3];  ///< of each split, once they are needed
};

}  // namespace medvlm::medmnist
