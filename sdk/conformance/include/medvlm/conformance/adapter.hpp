// Conformance of a adapter plugin, checked through the Adapter interface alone.
#pragma once

#include <vector>

#include "medvlm/base/api.hpp"
#include "medvlm/conformance/finding.hpp"
#include "medvlm/core/adapter.hpp"

namespace medvlm::conformance {

/// Laws: for a dataset of each task and label kind, traits() answers (twice the same) or throws Error(config); it
/// accepts at least one of them.
MEDVLM_API std::vector<Finding> check_adapter(Adapter& adapter);

}  // namespace medvlm::conformance
