#include "medvlm/sdk/metric/one_vs_rest.hpp"

#include "samples.hpp"
#include "checks.hpp"

using namespace medvlm;
using namespace medvlm::sdk;
using test::Samples;

TEST_CASE("a binary dataset has one column, that of class 1, whether there are one or two scores") {
  Samples set(LabelKind::binary, 2);
  set.add(1, {}, {0.3, 0.7}).add(0, {}, {0.2});
  CHECK(columns_of(set.info) == std::vector<std::size_t>{1});
  const auto items = items_of(set.info, set.scored(), 1);
  REQUIRE(items.size() == 2);
  CHECK(items[0].positive);
  CHECK(items[0].score == 0.7);
  CHECK_FALSE(items[1].positive);
  CHECK(items[1].score == 0.2);
}

TEST_CASE("unknown labels are left out, and items keep the number of their sample") {
  Samples set(LabelKind::multilabel, 2);
  set.add(-1, {-1, 1}, {0.1, 0.2}).add(-1, {1, 0}, {0.3, 0.4});
  const auto first = items_of(set.info, set.scored(), 0);
  REQUIRE(first.size() == 1);
  CHECK(first[0].sample == 1);
  CHECK(first[0].positive);
  CHECK(first[0].score == 0.3);
  CHECK(pooled_items(set.info, set.scored()).size() == 3);
}

TEST_CASE("a class of several is asked against the rest") {
  Samples set(LabelKind::multiclass, 3);
  set.add(2, {}, {0.1, 0.2, 0.7});
  CHECK(columns_of(set.info).size() == 3);
  CHECK_FALSE(items_of(set.info, set.scored(), 1)[0].positive);
  CHECK(items_of(set.info, set.scored(), 2)[0].positive);
  CHECK(pooled_items(set.info, set.scored()).size() == 3);
}
