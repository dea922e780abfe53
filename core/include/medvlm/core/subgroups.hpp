// Subgroups of a test set: the samples that share a value of a group (a sex, an age band, a site).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "medvlm/core/data.hpp"

namespace medvlm {

/// Which subgroups are scored beside the whole test set.
struct SubgroupOptions {
  std::vector<std::string> groups;  ///< by name; empty: none
  std::size_t min_samples = 10;     ///< with fewer scored samples, a subgroup is listed without numbers
};

/// The samples with one value of a group.
struct Subgroup {
  std::string group;
  std::string value;              ///< "unknown" where the sample has none
  std::vector<std::size_t> rows;  ///< of the test set, ascending; not empty
};

struct Subgroups {
  std::vector<Subgroup> list;      ///< group by group as asked for; values in order, "unknown" last
  std::vector<std::string> notes;  ///< groups that cannot be used, and why
};

/// Cuts the test set by each group. If all known values of a group are numbers and more than ten of them differ, they are
/// put into bands: "age" into decades, any other group into quarters of the test set (quartile edges as percentile(),
/// equal edges merged). A group that no sample has, or with more than a hundred values, is left out with a note.
MEDVLM_API Subgroups find_subgroups(std::span<const Sample> samples, std::span<const std::string> groups);

/// The decade of an age in years: "30-39", "90+"; "unknown" outside of 0 to 150.
MEDVLM_API std::string decade_of_age(double years);

}  // namespace medvlm
