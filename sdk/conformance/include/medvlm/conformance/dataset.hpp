// Conformance of a dataset plugin, checked through the Dataset interface alone.
#pragma once

#include <vector>

#include "medvlm/base/api.hpp"
#include "medvlm/conformance/finding.hpp"
#include "medvlm/core/dataset.hpp"

namespace medvlm::conformance {

/// Laws: info and splits are well-formed; ids are unique over all splits; labels fit their kind; a split lists the same
/// twice; the first image of each split decodes to a consistent image, the same in two threads at once; damaged bytes
/// are refused with an Error. Reads every split's list and one image of each.
MEDVLM_API std::vector<Finding> check_dataset(Dataset& dataset);

}  // namespace medvlm::conformance
