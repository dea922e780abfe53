// scikit-learn's `train_test_split`, member by member: published splits are often nothing but a call of it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk {

/// Indices of the items on each side, in the order in which scikit-learn returns them.
struct SklearnSplit {
  std::vector<std::size_t> train;
  std::vector<std::size_t> test;
};

/// What `test_size=fraction` means for n items: the fraction of n, rounded up.
MEDVLM_API std::size_t sklearn_test_count(std::size_t n, double fraction);

/// `train_test_split(range(n), test_size=test_count, random_state=seed)`. Throws Error(data), as scikit-learn refuses
/// it, unless 0 < test_count < n.
MEDVLM_API SklearnSplit train_test_split(std::size_t n, std::size_t test_count, std::uint32_t seed);

/// `train_test_split(range(n), test_size=test_count, random_state=seed, stratify=classes)`, which is
/// StratifiedShuffleSplit; n is the number of classes given. Only the order of the values matters, so texts may be
/// given by their rank. Throws Error(data), as scikit-learn refuses it, if a class has one member only or if a side
/// has fewer items than there are classes.
MEDVLM_API SklearnSplit train_test_split(std::span<const std::int64_t> classes, std::size_t test_count,
                                         std::uint32_t seed);

/// The split of FairMedFM (pre-processing/classification, `split_82`), on which the original benchmark's Harvard-GF and
/// FairVLMed tasks rest: every group gives the same number of test items, a fifth of the smallest group rounded down;
/// within a group `train_test_split(numpy.unique(names), test_size=that, random_state=seed)`.
/// True for the items of the test side, in the order of `names`. A name that occurs several times goes to one side if
/// it always has the same group. Throws Error(data) if the smallest group has fewer than five names.
MEDVLM_API std::vector<bool> balanced_test_split(std::span<const std::string> names,
                                                 std::span<const std::string> groups, std::uint32_t seed);

}  // namespace medvlm::sdk
