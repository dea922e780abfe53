// A dataset described by CSV or JSONL files of the user.
#pragma once

#include <optional>
#include <vector>

#include "medvlm/base/options.hpp"
#include "medvlm/core/dataset.hpp"
#include "medvlm/sdk/table/table.hpp"
#include "settings.hpp"

namespace medvlm::table_dataset {

/// Lists images with labels or questions from tables. With one file per split, each is opened only for its samples.
class TableDataset final : public Dataset {
 public:
  explicit TableDataset(const Options& options);

  const DatasetInfo& info() const override { return info_; }
  std::vector<Split> splits() const override;
  std::vector<Sample> samples(Split split) override;
  EncodedImage read_image(const Sample& sample) const override;
  Image decode_image(const EncodedImage& encoded) const override;

 private:
  void load_file(const SplitValues& values);
  std::vector<Sample> list(const sdk::Table& table, Split split, const std::vector<std::optional<Split>>& sides) const;

  ColumnNames names_;
  Sources sources_;
  DatasetInfo info_;
  std::optional<sdk::Table> table_;           ///< of the one file
  std::vector<std::optional<Split>> sides_;   ///< of its rows
};

}  // namespace medvlm::table_dataset
