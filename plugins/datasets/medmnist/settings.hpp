// What the options and the known sets say of a file.
#pragma once

#include <cstdint>

#include "medvlm/base/options.hpp"
#include "medvlm/core/data.hpp"

namespace medvlm::medmnist {

/// The description of the set in `options`' file, whose label arrays have `columns` columns. Classes come from the
/// options, else from the known set. One column of two classes is binary, of more multi-class; several columns are
/// multi-label. Throws Error(config) where an option is missing or does not fit, Error(data) where the file does not fit
/// the known set.
DatasetInfo describe(const Options& options, std::int64_t columns);

}  // namespace medvlm::medmnist
