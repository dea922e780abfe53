// The Camelyon17 dataset in the form of WILDS: histological patches with or without tumour.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "layout.hpp"
#include "medvlm/base/options.hpp"
#include "medvlm/core/dataset.hpp"
#include "patches.hpp"

namespace medvlm::camelyon17 {

/// Lists Camelyon17-WILDS from its metadata.csv (all patches, or a sample) or from the original benchmark's lists.
class Camelyon17 final : public Dataset {
 public:
  explicit Camelyon17(const Options& options);

  const DatasetInfo& info() const override { return info_; }
  std::vector<Split> splits() const override;
  std::vector<Sample> samples(Split split) override;
  EncodedImage read_image(const Sample& sample) const override;
  Image decode_image(const EncodedImage& encoded) const override;

 private:
  std::vector<std::size_t> public_rows(const sdk::Table& metadata, Split split) const;

  bool sampled_;
  Parents parents_;
  Layout layout_;
  Draw train_draw_, test_draw_;
  DatasetInfo info_;
};

}  // namespace medvlm::camelyon17
