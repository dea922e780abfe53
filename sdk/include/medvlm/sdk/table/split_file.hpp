// Train/test splits of datasets that come without one: seeded, grouped, stratified, and kept in a file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "medvlm/base/api.hpp"
#include "medvlm/core/data.hpp"

namespace medvlm::sdk {

/// One sample to be put on a side.
struct SplitItem {
  std::string id;       ///< unique
  std::string group;    ///< what must not be divided: the patient or lesion; unique where there is none
  std::string stratum;  ///< what both sides get alike: the diagnosis
};

/// How to split.
struct SplitPlan {
  std::uint64_t seed = 0;
  double test_fraction = 0.2;  ///< of the items, strictly between 0 and 1
};

/// The side (train or test) of each item, in the order of `items`. Whole groups go to one side. Each stratum gives
/// its share of `test_fraction`, as far as whole groups allow; a group belongs to the stratum of most of its items. The
/// result depends on the ids, groups and seed alone, not on the order of items. Throws Error(internal) for a fraction
/// out of range.
MEDVLM_API std::vector<Split> make_split(std::span<const SplitItem> items, const SplitPlan& plan);

/// The split kept in `file` (CSV: id, group, split, seed, test_fraction; the last two may be absent), made and written
/// first if the file does not exist. Throws Error(data) if the file does not fit: other ids or groups, a group on both
/// sides, another seed or fraction than the plan's; Error(io), naming `option`, if it cannot be written.
MEDVLM_API std::vector<Split> keep_split(const std::filesystem::path& file, std::span<const SplitItem> items,
                                         const SplitPlan& plan, const std::string& option = "split_file");

/// What people call the splits, in lower case: train, training; val, valid, validation, dev; test, testing.
MEDVLM_API const std::map<std::string, Split>& usual_split_names();

}  // namespace medvlm::sdk
