#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "medvlm/base/random.hpp"
#include "medvlm/sdk/table/csv.hpp"
#include "medvlm/sdk/table/split_file.hpp"
#include "scratch_folder.hpp"

using namespace medvlm;
using namespace medvlm::sdk;
using medvlm::test::contains;
using medvlm::test::error_of;

namespace {

std::string numbered(const char* name, std::size_t number) { return std::string(name).append(std::to_string(number)); }

/// 600 items in groups of one to four; a third is "rare" in each tenth group.
std::vector<SplitItem> many_items() {
  std::vector<SplitItem> items;
  Splitmix64 random(5);
  for (std::size_t group = 0; items.size() < 600; ++group) {
    const auto size = 1 + random.below(4);
    for (std::uint32_t i = 0; i < size && items.size() < 600; ++i) {
      items.push_back({numbered("i", items.size()), numbered("g", group), group % 10 == 0 ? "rare" : "common"});
    }
  }
  return items;
}

std::size_t count_test(const std::vector<Split>& sides) {
  return static_cast<std::size_t>(std::count(sides.begin(), sides.end(), Split::test));
}

std::map<std::string, Split> by_id(const std::vector<SplitItem>& items, const std::vector<Split>& sides) {
  std::map<std::string, Split> result;
  for (std::size_t i = 0; i < items.size(); ++i) result[items[i].id] = sides[i];
  return result;
}

}  // namespace

TEST_CASE("a split puts whole groups on one side") {
  const auto items = many_items();
  const auto sides = make_split(items, {42, 0.25});
  std::map<std::string, std::set<Split>> seen;
  for (std::size_t i = 0; i < items.size(); ++i) seen[items[i].group].insert(sides[i]);
  for (const auto& [group, its_sides] : seen) CHECK(its_sides.size() == 1);
}

TEST_CASE("the test side gets the wanted share of the items") {
  for (const double fraction : {0.1, 0.18204664, 0.5, 0.9}) {
    CHECK(count_test(make_split(many_items(), {42, fraction})) == std::size_t(std::llround(600 * fraction)));
  }
}

TEST_CASE("HAM10000's default fraction gives the original benchmark's 1,811 of 9,948") {
  std::vector<SplitItem> items;
  for (std::size_t i = 0; i < 9948; ++i) items.push_back({numbered("i", i), numbered("g", i), numbered("s", i % 7)});
  CHECK(count_test(make_split(items, {42, 0.18204664})) == 1811);
}

TEST_CASE("each stratum gives its share") {
  const auto items = many_items();
  const auto sides = make_split(items, {42, 0.3});
  std::map<std::string, std::pair<double, double>> counts;
  for (std::size_t i = 0; i < items.size(); ++i) {
    counts[items[i].stratum].first += sides[i] == Split::test;
    counts[items[i].stratum].second += 1;
  }
  for (const auto& [stratum, count] : counts) CHECK(std::abs(count.first - 0.3 * count.second) <= 1);
}

TEST_CASE("a split does not depend on the order of the items") {
  auto items = many_items();
  const auto before = by_id(items, make_split(items, {42, 0.25}));
  std::reverse(items.begin(), items.end());
  CHECK((by_id(items, make_split(items, {42, 0.25})) == before));
}

TEST_CASE("a split is the same for the same seed and another for another") {
  const auto items = many_items();
  CHECK((make_split(items, {42, 0.25}) == make_split(items, {42, 0.25})));
  CHECK((make_split(items, {42, 0.25}) != make_split(items, {43, 0.25})));
}

TEST_CASE("a split is pinned, so that it stays the same between versions") {
  std::vector<SplitItem> items;
  for (int i = 0; i < 12; ++i) items.push_back({std::to_string(i), std::to_string(i), "s"});
  std::string sides;
  for (const Split side : make_split(items, {42, 0.5})) sides += side == Split::test ? 'T' : '.';
  CHECK(sides == "..T.T.T.TTT.");
}

TEST_CASE("a group larger than the test side stays in train") {
  std::vector<SplitItem> items;
  for (int i = 0; i < 9; ++i) items.push_back({std::to_string(i), "large", "s"});
  items.push_back({"9", "small", "s"});
  const auto sides = make_split(items, {1, 0.1});
  CHECK(count_test(sides) == 1);
  CHECK(sides[9] == Split::test);
}

TEST_CASE("a kept split is written once and found again") {
  const test::ScratchFolder folder;
  const auto items = many_items();
  const auto file = folder.path() / "split.csv";
  const auto made = keep_split(file, items, {42, 0.25});
  const Table table = read_csv(file);
  CHECK(table.columns() == std::vector<std::string>{"id", "group", "split", "seed", "test_fraction"});
  CHECK(table.size() == items.size());
  CHECK((made == make_split(items, {42, 0.25})));
  const std::string before = read_file(file);
  CHECK((keep_split(file, items, {42, 0.25}) == made));
  CHECK(read_file(file) == before);
}

TEST_CASE("a kept split is followed even where it differs from what would be made") {
  const test::ScratchFolder folder;
  const std::vector<SplitItem> items = {{"a", "1", "s"}, {"b", "2", "s"}, {"c", "3", "s"}};
  const auto file = folder.write("split.csv", "id,split\nc,test\nb,train\na,test\n");
  CHECK((keep_split(file, items, {42, 0.5}) == std::vector<Split>{Split::test, Split::train, Split::test}));
}

TEST_CASE("the file does not depend on the order of the items") {
  const test::ScratchFolder folder;
  auto items = many_items();
  keep_split(folder.path() / "one.csv", items, {42, 0.25});
  std::reverse(items.begin(), items.end());
  keep_split(folder.path() / "two.csv", items, {42, 0.25});
  CHECK(read_file(folder.path() / "one.csv") == read_file(folder.path() / "two.csv"));
}

TEST_CASE("a kept split that does not fit is refused with its line and a cure") {
  const test::ScratchFolder folder;
  const std::vector<SplitItem> items = {{"a", "1", "s"}, {"b", "1", "s"}, {"c", "3", "s"}};
  const auto refused = [&](const std::string& rows) {
    const auto file = folder.write("split.csv", "id,split\n" + rows);
    return error_of([&] { keep_split(file, items, {42, 0.5}); });
  };
  CHECK(contains(refused("a,test\nb,test\n"), "there is no row for id 'c'"));
  CHECK(contains(refused("a,test\nb,test\nc,train\nd,train\n"), "split.csv:5: id 'd' is not in the dataset"));
  CHECK(contains(refused("a,test\nb,train\nc,train\n"), "split.csv:3: group '1' is on both sides"));
  CHECK(contains(refused("a,test\nb,exam\nc,train\n"), "split.csv:3: split 'exam' is neither"));
  CHECK(contains(refused("a,test\nb,test\n"), "option 'split_file'"));
}

TEST_CASE("a kept split of other groups or another seed is refused") {
  const test::ScratchFolder folder;
  const std::vector<SplitItem> items = {{"a", "1", "s"}, {"b", "1", "s"}, {"c", "3", "s"}};
  const auto refused = [&](const std::string& content) {
    const auto file = folder.write("split.csv", content);
    return error_of([&] { keep_split(file, items, {42, 0.5}); });
  };
  CHECK(contains(refused("id,group,split\na,1,test\nb,9,test\nc,3,train\n"),
                 "split.csv:3: id 'b' belongs to group '9'"));
  CHECK(contains(refused("id,split,seed\na,test,7\nb,test,7\nc,train,7\n"),
                 "made with seed 7, but the options say 42"));
}

TEST_CASE("a split that cannot be written names the option") {
  const std::vector<SplitItem> items = {{"a", "1", "s"}, {"b", "2", "s"}};
  const std::string error = error_of([&] { keep_split("/nowhere/split.csv", items, {42, 0.5}, "my_option"); });
  CHECK(contains(error, "io: the train/test split cannot be kept"));
  CHECK(contains(error, "option 'my_option'"));
}
