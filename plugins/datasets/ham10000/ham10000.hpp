// The HAM10000 dataset: dermatoscopic images with diagnoses.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "layout.hpp"
#include "medvlm/base/options.hpp"
#include "medvlm/core/dataset.hpp"
#include "medvlm/sdk/table/split_file.hpp"
#include "medvlm/sdk/table/table.hpp"

namespace medvlm::ham10000 {

/// Lists HAM10000 in its public layout (with a split of ours, kept in a file) or the original benchmark's.
class Ham10000 final : public Dataset {
 public:
  explicit Ham10000(const Options& options);

  const DatasetInfo& info() const override { return info_; }
  std::vector<Split> splits() const override;
  std::vector<Sample> samples(Split split) override;
  EncodedImage read_image(const Sample& sample) const override;
  Image decode_image(const EncodedImage& encoded) const override;

 private:
  std::vector<Sample> list(const sdk::Table& table, bool drop_incomplete) const;
  std::vector<Sample> public_samples(Split split) const;

  bool binary_;
  bool drop_incomplete_;
  Layout layout_;
  sdk::SplitPlan plan_;
  std::filesystem::path split_file_;
  DatasetInfo info_;
};

}  // namespace medvlm::ham10000
