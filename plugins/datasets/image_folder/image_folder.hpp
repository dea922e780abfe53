// Images that were sorted into one folder per class.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "medvlm/base/options.hpp"
#include "medvlm/core/dataset.hpp"
#include "medvlm/sdk/table/split_file.hpp"
#include "tree.hpp"

namespace medvlm::image_folder {

/// Lists the images below class folders, with splits as folders, drawn and kept in a file, or all in the test split.
class ImageFolder final : public Dataset {
 public:
  explicit ImageFolder(const Options& options);

  const DatasetInfo& info() const override { return info_; }
  std::vector<Split> splits() const override;
  std::vector<Sample> samples(Split split) override;
  EncodedImage read_image(const Sample& sample) const override;
  Image decode_image(const EncodedImage& encoded) const override;

 private:
  std::vector<Sample> list(const std::filesystem::path& folder) const;
  std::vector<Sample> drawn(std::vector<Sample> all, Split split) const;

  Tree tree_;
  bool draws_;
  bool clustered_;
  sdk::SplitPlan plan_;
  std::filesystem::path split_file_;
  DatasetInfo info_;
};

}  // namespace medvlm::image_folder
