#include "medvlm/sdk/table/split_file.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <numeric>
#include <unordered_map>

#include "medvlm/base/files.hpp"
#include "medvlm/base/random.hpp"
#include "medvlm/sdk/table/csv.hpp"
#include "medvlm/sdk/table/fields.hpp"

namespace medvlm::sdk {
namespace {

struct Group {
  std::string name;
  std::map<std::string, std::size_t> strata;  ///< items per stratum
  std::size_t size = 0;
  std::uint64_t rank = 0;

  /// The stratum of most items; the first by name among equals.
  const std::string& stratum() const {
    return std::max_element(strata.begin(), strata.end(), [](const auto& a, const auto& b) {
             return a.second < b.second;
           })->first;
  }
};

using Strata = std::map<std::string, std::vector<Group>>;

/// Groups by stratum, each list in the order of hash(seed, group).
Strata collect_groups(std::span<const SplitItem> items, std::uint64_t seed) {
  std::map<std::string, Group> groups;
  for (const SplitItem& item : items) {
    Group& group = groups[item.group];
    group.name = item.group;
    ++group.strata[item.stratum];
    ++group.size;
  }
  Strata strata;
  for (auto& [name, group] : groups) {
    group.rank = derive_seed(seed, "split:" + name);
    strata[group.stratum()].push_back(group);
  }
  for (auto& [name, list] : strata) {
    std::sort(list.begin(), list.end(), [](const Group& a, const Group& b) {
      return a.rank != b.rank ? a.rank < b.rank : a.name < b.name;
    });
  }
  return strata;
}

/// How many test items each stratum gives: largest remainders, so that the sum is the rounded share of all items.
std::vector<std::size_t> share_out(const Strata& strata, double fraction) {
  std::vector<std::size_t> targets;
  std::vector<double> remainders;
  std::size_t total = 0;
  for (const auto& [name, list] : strata) {
    const std::size_t size = std::accumulate(list.begin(), list.end(), std::size_t{0},
                                             [](std::size_t sum, const Group& group) { return sum + group.size; });
    const double exact = fraction * double(size);
    targets.push_back(static_cast<std::size_t>(exact));
    remainders.push_back(exact - std::floor(exact));
    total += size;
  }
  const auto wanted = static_cast<std::size_t>(std::llround(fraction * double(total)));
  std::vector<std::size_t> order(targets.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return remainders[a] > remainders[b]; });
  std::size_t given = std::accumulate(targets.begin(), targets.end(), std::size_t{0});
  for (std::size_t i = 0; i < order.size() && given < wanted; ++i, ++given) ++targets[order[i]];
  return targets;
}

std::string shortest(double number) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof(digits), number).ptr};
}

std::string written(std::span<const SplitItem> items, std::span<const Split> sides, const SplitPlan& plan) {
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return items[a].id < items[b].id; });
  std::string tail = ",";
  tail += std::to_string(plan.seed) + ',' + shortest(plan.test_fraction) + '\n';
  std::string text = "id,group,split,seed,test_fraction\n";
  for (const std::size_t i : order) {
    text += csv_field(items[i].id) + "," + csv_field(items[i].group) + "," + std::string(to_string(sides[i])) + tail;
  }
  return text;
}

/// Checks a kept split against the items and the plan.
class KeptSplit {
 public:
  KeptSplit(const std::filesystem::path& file, std::string option)
      : table_(read_csv(file)), cure_("; delete the file to make the split anew, or name another in option '" +
                                      std::move(option) + "'") {}

  std::vector<Split> match(std::span<const SplitItem> items, const SplitPlan& plan) const {
    check_number("seed", std::to_string(plan.seed));
    check_number("test_fraction", shortest(plan.test_fraction));
    const auto rows = rows_by_id();
    const std::size_t split = table_.column("split");
    const auto group = table_.find_column("group");
    std::unordered_map<std::string, std::pair<Split, std::size_t>> sides;  // of groups, with the row that set it
    std::vector<Split> result;
    for (const SplitItem& item : items) {
      const auto found = rows.find(item.id);
      if (found == rows.end()) fail("there is no row for id '" + item.id + "', which the dataset has");
      const std::size_t row = found->second;
      if (group && table_.cell(row, *group) != item.group) {
        fail(row, "id '" + item.id + "' belongs to group '" + std::string(table_.cell(row, *group)) +
                      "' here, but to '" + item.group + "' in the dataset");
      }
      result.push_back(side(row, split));
      const auto& [first, first_row] = sides.try_emplace(item.group, result.back(), row).first->second;
      if (first != result.back()) {
        fail(row, "group '" + item.group + "' is on both sides (see line " + std::to_string(table_.line(first_row)) +
                      "), so test images would be known from training");
      }
    }
    if (rows.size() != items.size()) fail_extra(rows, items);
    return result;
  }

 private:
  [[noreturn]] void fail(const std::string& message) const {
    throw Error(ErrorCode::data, table_.file() + ": " + message + cure_);
  }
  [[noreturn]] void fail(std::size_t row, const std::string& message) const {
    throw table_.error(row, message + cure_);
  }

  std::unordered_map<std::string, std::size_t> rows_by_id() const {
    const std::size_t id = table_.column("id");
    UniqueIds unique;
    std::unordered_map<std::string, std::size_t> rows;
    for (std::size_t row = 0; row < table_.size(); ++row) {
      unique.add(table_, row, table_.cell(row, id), "id");
      rows.emplace(table_.cell(row, id), row);
    }
    return rows;
  }

  Split side(std::size_t row, std::size_t column) const {
    const std::string_view text = table_.cell(row, column);
    if (text == "train") return Split::train;
    if (text == "test") return Split::test;
    throw table_.error(row, "split '" + std::string(text) + "' is neither train nor test");
  }

  void check_number(const std::string& name, const std::string& wanted) const {
    const auto column = table_.find_column(name);
    if (!column || table_.size() == 0) return;
    const std::string_view text = table_.cell(0, *column);
    if (to_number(text) != to_number(wanted)) {
      fail(0, "the split was made with " + name + " " + std::string(text) + ", but the options say " +
                  wanted);
    }
  }

  [[noreturn]] void fail_extra(const std::unordered_map<std::string, std::size_t>& rows,
                               std::span<const SplitItem> items) const {
    std::vector<bool> used(table_.size());
    for (const SplitItem& item : items) used[rows.at(item.id)] = true;
    for (std::size_t row = 0; row < used.size(); ++row) {
      if (!used[row]) {
        fail(row, "id '" + std::string(table_.cell(row, table_.column("id"))) + "' is not in the dataset (" +
                      std::to_string(rows.size()) + " ids here, " + std::to_string(items.size()) + " there)");
      }
    }
    fail("its ids are not those of the dataset");
  }

  Table table_;
  std::string cure_;
};

}  // namespace

std::vector<Split> make_split(std::span<const SplitItem> items, const SplitPlan& plan) {
  if (!(plan.test_fraction > 0 && plan.test_fraction < 1)) {
    throw Error(ErrorCode::internal, "a test fraction must lie between 0 and 1");
  }
  const Strata strata = collect_groups(items, plan.seed);
  const std::vector<std::size_t> targets = share_out(strata, plan.test_fraction);
  std::unordered_map<std::string, Split> sides;
  std::size_t index = 0, open = 0;
  for (const auto& [name, groups] : strata) {
    open += targets[index++];  // what groups were too large to fill in one stratum, the next one fills
    for (const Group& group : groups) {
      const bool fits = group.size <= open;  // a group too large for what is left stays in train
      if (fits) open -= group.size;
      sides[group.name] = fits ? Split::test : Split::train;
    }
  }
  std::vector<Split> result;
  for (const SplitItem& item : items) result.push_back(sides.at(item.group));
  return result;
}

std::vector<Split> keep_split(const std::filesystem::path& file, std::span<const SplitItem> items,
                              const SplitPlan& plan, const std::string& option) {
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored)) return KeptSplit(file, option).match(items, plan);
  std::vector<Split> sides = make_split(items, plan);
  try {
    write_file_atomically(file, written(items, sides, plan));
  } catch (const Error& error) {
    throw Error(ErrorCode::io, "the train/test split cannot be kept: " + error.message() +
                                   "; name a file in a folder that can be written in option '" + option + "'");
  }
  return sides;
}

const std::map<std::string, Split>& usual_split_names() {
  static const std::map<std::string, Split> names = {
      {"train", Split::train},           {"training", Split::train}, {"val", Split::validation},
      {"valid", Split::validation},      {"dev", Split::validation}, {"validation", Split::validation},
      {"test", Split::test},             {"testing", Split::test}};
  return names;
}

}  // namespace medvlm::sdk
