// Every split here was drawn by numpy and scikit-learn themselves: tests/peers/make_sklearn_splits.py.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "medvlm/base/hash.hpp"
#include "medvlm/base/random.hpp"
#include "medvlm/sdk/table/numpy_random.hpp"
#include "medvlm/sdk/table/sklearn_split.hpp"
#include "scratch_folder.hpp"

using namespace medvlm;
using namespace medvlm::sdk;
using medvlm::test::contains;
using medvlm::test::error_of;
using nlohmann::json;

namespace {

const json& expected() {
  static const json document =
      json::parse(read_file(std::filesystem::path(MEDVLM_GOLDENS_DEFAULT) / "table" / "sklearn_splits.json"));
  return document;
}

std::string digest(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ",") + item;
  return sha256_hex(text).substr(0, 20);
}

std::string digest(const std::vector<std::size_t>& indices) {
  std::vector<std::string> items;
  for (const std::size_t index : indices) items.push_back(std::to_string(index));
  return digest(items);
}

/// The same labels as in make_sklearn_splits.py.
std::vector<std::int64_t> labels(const json& item) {
  std::vector<std::uint64_t> edges;
  for (const auto& weight : item["weights"]) {
    edges.push_back((edges.empty() ? 0 : edges.back()) + weight.get<std::uint64_t>());
  }
  std::vector<std::int64_t> result;
  for (std::uint64_t i = 0; i < item["n"]; ++i) {
    const std::uint64_t value = splitmix64(item["label_seed"].get<std::uint64_t>() + i) % edges.back();
    result.push_back(std::upper_bound(edges.begin(), edges.end(), value) - edges.begin() - 1);
  }
  return result;
}

}  // namespace

TEST_CASE("permutations are those of numpy's RandomState") {
  REQUIRE(expected()["permutations"].size() >= 10);
  for (const json& item : expected()["permutations"]) {
    CAPTURE(item);
    CHECK(digest(NumpyRandomState(item["seed"]).permutation(item["n"])) == item["order"]);
  }
}

TEST_CASE("a generator goes on where it stopped") {
  NumpyRandomState random(42);
  random.permutation(10);
  CHECK(random.permutation(10) != NumpyRandomState(42).permutation(10));
}

TEST_CASE("an interval of one value draws nothing") {
  NumpyRandomState drawn(5), untouched(5);
  CHECK(drawn.interval(0) == 0);
  CHECK(drawn.interval(1000000) == untouched.interval(1000000));
}

TEST_CASE("choosing takes the head of a permutation, and not more than there is") {
  const std::vector<std::size_t> values = {5, 6, 7};
  CHECK(NumpyRandomState(1).choose(values, 3).size() == 3);
  CHECK(contains(error_of([&] { NumpyRandomState(1).choose(values, 4); }), "cannot choose 4 of 3"));
}

TEST_CASE("plain splits are those of scikit-learn") {
  REQUIRE(expected()["plain"].size() >= 100);
  for (const json& item : expected()["plain"]) {
    CAPTURE(item);
    const std::size_t n = item["n"];
    const SklearnSplit split = train_test_split(n, item["test_size"], item["seed"]);
    CHECK(digest(split.train) == item["train"]);
    CHECK(digest(split.test) == item["test"]);
  }
}

TEST_CASE("stratified splits are those of scikit-learn, and what it refuses is refused") {
  REQUIRE(expected()["stratified"].size() >= 500);
  for (const json& item : expected()["stratified"]) {
    CAPTURE(item);
    const auto classes = labels(item);
    if (item.contains("refused")) {
      CHECK_THROWS_AS(train_test_split(classes, item["test_size"], item["seed"]), Error);
      continue;
    }
    const SklearnSplit split = train_test_split(classes, item["test_size"], item["seed"]);
    CHECK(digest(split.train) == item["train"]);
    CHECK(digest(split.test) == item["test"]);
  }
}

TEST_CASE("only the order of the classes' values matters") {
  std::vector<std::int64_t> classes, others;
  for (int i = 0; i < 100; ++i) {
    classes.push_back(i % 3);
    others.push_back(i % 3 * 1000 - 500);
  }
  CHECK(train_test_split(classes, 30, 1).test == train_test_split(others, 30, 1).test);
}

TEST_CASE("a fraction means as many test items as for scikit-learn") {
  REQUIRE(expected()["fractions"].size() >= 20);
  for (const json& item : expected()["fractions"]) {
    CAPTURE(item);
    CHECK(sklearn_test_count(item["n"], item["fraction"]) == item["test_size"]);
  }
}

TEST_CASE("the balanced split is FairMedFM's at the size of both datasets") {
  REQUIRE(expected()["balanced"].size() >= 2);
  for (const json& item : expected()["balanced"]) {
    CAPTURE(item);
    const std::size_t men = item["men"], n = men + item["women"].get<std::size_t>();
    const std::string form = item["digits"];
    std::vector<std::string> names, groups, test;
    for (std::size_t i = 0; i < n; ++i) {
      char name[64];
      std::snprintf(name, sizeof name, form.c_str(), static_cast<int>(i + 1));
      names.emplace_back(name);
      groups.emplace_back(i * men / n != (i + 1) * men / n ? "male" : "female");
    }
    const std::vector<bool> is_test = balanced_test_split(names, groups, 0);
    for (std::size_t i = 0; i < n; ++i) {
      if (is_test[i]) test.push_back(names[i]);
    }
    CHECK(test.size() == item["count"]);
    CHECK(digest(test) == item["test"]);
  }
}

TEST_CASE("the balanced split depends on the names, not on their order") {
  std::vector<std::string> names, groups;
  for (int i = 0; i < 60; ++i) {
    names.push_back(std::to_string(i) + "n");
    groups.emplace_back(i % 3 == 0 ? "a" : "b");
  }
  std::vector<bool> forward = balanced_test_split(names, groups, 0);
  std::reverse(names.begin(), names.end());
  std::reverse(groups.begin(), groups.end());
  std::reverse(forward.begin(), forward.end());
  CHECK(balanced_test_split(names, groups, 0) == forward);
  CHECK(std::count(forward.begin(), forward.end(), true) == 2 * 4);
}

TEST_CASE("impossible splits are refused with their numbers") {
  CHECK(contains(error_of([] { train_test_split(5, 5, 0); }), "data: cannot put 5 of 5 items on the test side"));
  CHECK(contains(error_of([] { train_test_split(5, 0, 0); }), "cannot put 0 of 5"));
  const std::vector<std::int64_t> single = {0, 0, 0, 1};
  CHECK(contains(error_of([&] { train_test_split(single, 2, 0); }), "class 1 has only one item"));
  const std::vector<std::int64_t> three = {0, 0, 1, 1, 2, 2};
  CHECK(contains(error_of([&] { train_test_split(three, 2, 0); }), "3 classes into 4 train and 2 test"));
  const std::vector<std::string> names = {"a", "b"}, groups = {"x", "y"};
  CHECK(contains(error_of([&] { balanced_test_split(names, groups, 0); }), "five are needed"));
}
