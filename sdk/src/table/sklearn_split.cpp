#include "medvlm/sdk/table/sklearn_split.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/table/numpy_random.hpp"

namespace medvlm::sdk {
namespace {

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorCode::data, message); }

std::size_t sum(std::span<const std::size_t> counts) {
  std::size_t total = 0;
  for (const std::size_t count : counts) total += count;
  return total;
}

void check_test_count(std::size_t n, std::size_t test_count) {
  if (test_count > 0 && test_count < n) return;
  refuse("cannot put " + std::to_string(test_count) + " of " + std::to_string(n) +
         " items on the test side; both sides need at least one");
}

/// `_approximate_mode` of sklearn/utils/extmath.py: how many of `draws` draws fall to each class. Shares are rounded
/// down; what is missing goes to the largest remainders, and among equal ones to some drawn at random.
std::vector<std::size_t> approximate_mode(std::span<const std::size_t> class_counts, std::size_t draws,
                                          NumpyRandomState& random) {
  const double total = static_cast<double>(sum(class_counts));
  std::vector<std::size_t> shares;
  std::map<double, std::vector<std::size_t>, std::greater<>> by_remainder;
  for (std::size_t i = 0; i < class_counts.size(); ++i) {
    const double share = static_cast<double>(class_counts[i]) / total * static_cast<double>(draws);
    const double whole = std::floor(share);
    shares.push_back(static_cast<std::size_t>(whole));
    by_remainder[share - whole].push_back(i);
  }
  // Rounding may make the shares sum to one more than wanted; nothing is added then.
  std::size_t missing = draws - std::min(draws, sum(shares));
  for (const auto& [remainder, classes] : by_remainder) {
    if (missing == 0) break;
    const std::size_t add = std::min(missing, classes.size());
    for (const std::size_t index : random.choose(classes, add)) ++shares[index];
    missing -= add;
  }
  return shares;
}

/// The indices of each class, classes in the order of their values.
std::vector<std::vector<std::size_t>> members_of(std::span<const std::int64_t> classes) {
  std::map<std::int64_t, std::vector<std::size_t>> by_class;
  for (std::size_t i = 0; i < classes.size(); ++i) by_class[classes[i]].push_back(i);
  std::vector<std::vector<std::size_t>> members;
  for (auto& [value, indices] : by_class) {
    if (indices.size() < 2) {
      refuse("cannot stratify: class " + std::to_string(value) + " has only one item; every class needs two");
    }
    members.push_back(std::move(indices));
  }
  return members;
}

std::vector<std::size_t> permuted(std::span<const std::size_t> values, NumpyRandomState& random) {
  std::vector<std::size_t> result(values.begin(), values.end());
  random.shuffle(result);
  return result;
}

}  // namespace

std::size_t sklearn_test_count(std::size_t n, double fraction) {
  return static_cast<std::size_t>(std::ceil(fraction * static_cast<double>(n)));
}

SklearnSplit train_test_split(std::size_t n, std::size_t test_count, std::uint32_t seed) {
  check_test_count(n, test_count);
  const std::vector<std::size_t> order = NumpyRandomState(seed).permutation(n);
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(test_count);
  return {{end, order.end()}, {order.begin(), end}};
}

SklearnSplit train_test_split(std::span<const std::int64_t> classes, std::size_t test_count, std::uint32_t seed) {
  check_test_count(classes.size(), test_count);
  const std::size_t train_count = classes.size() - test_count;
  const auto members = members_of(classes);
  if (std::min(train_count, test_count) < members.size()) {
    refuse("cannot stratify " + std::to_string(members.size()) + " classes into " + std::to_string(train_count) +
           " train and " + std::to_string(test_count) + " test items; each side needs at least one per class");
  }
  std::vector<std::size_t> counts;
  for (const auto& indices : members) counts.push_back(indices.size());
  NumpyRandomState random(seed);
  const auto train_counts = approximate_mode(counts, train_count, random);
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] -= train_counts[i];
  const auto test_counts = approximate_mode(counts, test_count, random);
  std::vector<std::size_t> train, test;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto order = random.permutation(members[i].size());
    for (std::size_t k = 0; k < train_counts[i]; ++k) train.push_back(members[i][order[k]]);
    for (std::size_t k = 0; k < test_counts[i]; ++k) test.push_back(members[i][order[train_counts[i] + k]]);
  }
  SklearnSplit split;  // in this order: the second draw follows the first
  split.train = permuted(train, random);
  split.test = permuted(test, random);
  return split;
}

std::vector<bool> balanced_test_split(std::span<const std::string> names, std::span<const std::string> groups,
                                      std::uint32_t seed) {
  if (names.size() != groups.size()) throw Error(ErrorCode::internal, "balanced_test_split: one group per name");
  std::map<std::string, std::set<std::string>> unique;  // sorted by bytes, as numpy.unique sorts by code point
  for (std::size_t i = 0; i < names.size(); ++i) unique[groups[i]].insert(names[i]);
  std::size_t smallest = names.size();
  for (const auto& [group, members] : unique) smallest = std::min(smallest, members.size());
  const std::size_t test_count = smallest / 5;
  if (test_count == 0) {
    refuse("cannot take a fifth of the smallest of " + std::to_string(unique.size()) + " groups, which has " +
           std::to_string(smallest) + " members; five are needed");
  }
  std::set<std::string> test;
  for (const auto& [group, members] : unique) {
    const std::vector<std::string> sorted(members.begin(), members.end());
    for (const std::size_t index : train_test_split(sorted.size(), test_count, seed).test) test.insert(sorted[index]);
  }
  std::vector<bool> is_test;
  for (const std::string& name : names) is_test.push_back(test.contains(name));
  return is_test;
}

}  // namespace medvlm::sdk
