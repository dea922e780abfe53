// The PAPILA dataset: fundus photographs of both eyes, healthy or with glaucoma.
#pragma once

#include <filesystem>
#include <vector>

#include "eyes.hpp"
#include "layout.hpp"
#include "medvlm/base/options.hpp"
#include "medvlm/core/dataset.hpp"
#include "medvlm/sdk/table/split_file.hpp"

namespace medvlm::papila {

/// Lists PAPILA in its public layout (with a split of ours by patient, kept in a file) or the original benchmark's.
class Papila final : public Dataset {
 public:
  explicit Papila(const Options& options);

  const DatasetInfo& info() const override { return info_; }
  std::vector<Split> splits() const override;
  std::vector<Sample> samples(Split split) override;
  EncodedImage read_image(const Sample& sample) const override;
  Image decode_image(const EncodedImage& encoded) const override;

 private:
  std::vector<Eye> public_eyes(Split split) const;

  Layout layout_;
  Suspects suspects_;
  sdk::SplitPlan plan_;
  std::filesystem::path split_file_;
  DatasetInfo info_;
};

}  // namespace medvlm::papila
