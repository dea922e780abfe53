// The Dataset interface: lists samples cheaply, gives images on demand.
#pragma once

#include <vector>

#include "medvlm/core/data.hpp"

namespace medvlm {

/// A dataset plugin implements this. The constructor checks that the dataset's files exist; throws Error(data).
class MEDVLM_API Dataset {
 public:
  virtual ~Dataset();

  virtual const DatasetInfo& info() const = 0;

  /// The splits that this dataset has.
  virtual std::vector<Split> splits() const = 0;

  /// All samples of a split in a stable order, without touching images. Reads only what belongs to the split, so that
  /// the test split stays closed while an adapter trains. Throws Error(data) with file:line for a bad row.
  virtual std::vector<Sample> samples(Split split) = 0;

  /// The stored bytes of a sample's image. Called from several loader threads at once. Throws Error(data).
  virtual EncodedImage read_image(const Sample& sample) const = 0;

  /// Decodes what read_image() gave. Called from several loader threads at once. Throws Error(data).
  virtual Image decode_image(const EncodedImage& encoded) const = 0;
};

/// Whether the dataset has the split. Throws as splits().
MEDVLM_API bool has_split(const Dataset& dataset, Split split);

}  // namespace medvlm
