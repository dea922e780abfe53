// A dataset of generated images with two classes, or with questions.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "medvlm/base/options.hpp"
#include "medvlm/core/dataset.hpp"
#include "recipe.hpp"

namespace medvlm::synthetic {

/// Lists recipes and paints them. Needs no files.
class Synthetic final : public Dataset {
 public:
  explicit Synthetic(const Options& options);

  const DatasetInfo& info() const override { return info_; }
  std::vector<Split> splits() const override;
  std::vector<Sample> samples(Split split) override;
  EncodedImage read_image(const Sample& sample) const override;
  Image decode_image(const EncodedImage& encoded) const override;

 private:
  Kind kind_of(std::int64_t index) const;

  Recipe base_;
  bool mixed_ = false;  ///< the medical kinds take turns
  std::map<Split, std::int64_t> counts_;  ///< splits that are not empty
  DatasetInfo info_;
};

}  // namespace medvlm::synthetic
