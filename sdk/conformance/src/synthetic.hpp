// Small made-up datasets, one of each task and label kind, for laws that need an input.
#pragma once

#include <vector>

#include "medvlm/core/data.hpp"
#include "medvlm/core/metric.hpp"

namespace medvlm::conformance {

/// Samples with predictions; the i-th prediction belongs to the i-th sample.
struct SyntheticSet {
  DatasetInfo info;
  std::vector<Sample> samples;
  std::vector<Prediction> predictions;

  /// Pointers into this object, sample `order[k]` at k.
  std::vector<Scored> scored(const std::vector<std::size_t>& order) const;
};

/// "binary diagnosis", "vqa", ...
std::string describe(const DatasetInfo& info);

/// One info of each kind: binary, multiclass, multilabel diagnosis, and VQA.
std::vector<DatasetInfo> synthetic_infos();

/// `count` samples with reproducible scores or texts; some are right, some wrong, some labels unknown.
SyntheticSet synthetic_set(const DatasetInfo& info, std::size_t count);

/// A reproducible 8-bit RGB image with smooth and noisy parts.
Image synthetic_image(int width, int height, std::uint64_t seed);

}  // namespace medvlm::conformance
