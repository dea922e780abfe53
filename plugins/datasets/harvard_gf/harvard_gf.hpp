// The Harvard-GF dataset (GF3300): retinal nerve fibre layer thickness maps of 3,300 patients, glaucoma or not.
#pragma once

#include <vector>

#include "medvlm/base/options.hpp"
#include "medvlm/core/dataset.hpp"
#include "medvlm/sdk/table/harvard_tables.hpp"

namespace medvlm::harvard_gf {

/// Lists Harvard-GF in its public layout or the original benchmark's, and reads array `rnflt` of its .npz files.
class HarvardGf final : public Dataset {
 public:
  explicit HarvardGf(const Options& options);

  const DatasetInfo& info() const override { return info_; }
  std::vector<Split> splits() const override { return tables_.splits(); }
  std::vector<Sample> samples(Split split) override { return tables_.samples(split); }
  EncodedImage read_image(const Sample& sample) const override;
  Image decode_image(const EncodedImage& encoded) const override;

 private:
  sdk::HarvardTables tables_;
  DatasetInfo info_;
};

}  // namespace medvlm::harvard_gf
