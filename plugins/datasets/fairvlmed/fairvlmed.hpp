// The Harvard-FairVLMed10k dataset, diagnosis: scanning laser ophthalmoscope fundus images, glaucoma or not.
#pragma once

#include <vector>

#include "medvlm/base/options.hpp"
#include "medvlm/core/dataset.hpp"
#include "medvlm/sdk/table/harvard_tables.hpp"

namespace medvlm::fairvlmed {

/// Lists FairVLMed in its public layout or the original benchmark's. Images are the release's JPEG files, or where they
/// are missing the array `slo_fundus` of its .npz files.
class FairVlMed final : public Dataset {
 public:
  explicit FairVlMed(const Options& options);

  const DatasetInfo& info() const override { return info_; }
  std::vector<Split> splits() const override { return tables_.splits(); }
  std::vector<Sample> samples(Split split) override;
  EncodedImage read_image(const Sample& sample) const override;
  Image decode_image(const EncodedImage& encoded) const override;

 private:
  sdk::HarvardTables tables_;
  DatasetInfo info_;
};

}  // namespace medvlm::fairvlmed
