#include "medvlm/sdk/metric/decisions.hpp"

#include "samples.hpp"
#include "checks.hpp"

using namespace medvlm;
using namespace medvlm::sdk;
using test::Samples;

namespace {

using Numbers = std::vector<std::uint64_t>;

Numbers numbers(const ClassCounts& counts) {
  return {counts.known, counts.truth, counts.predicted, counts.right, counts.true_negatives(), counts.negatives()};
}

}  // namespace

TEST_CASE("a binary decision needs a score above the threshold, a multi-class one the largest") {
  Prediction prediction;
  prediction.scores = {0.5, 0.5};
  CHECK(predicted_class(Samples(LabelKind::binary, 2).info, prediction, 0.5) == 0);
  CHECK(predicted_class(Samples(LabelKind::binary, 2).info, prediction, 0.49) == 1);
  prediction.scores = {0.2, 0.4, 0.4};
  CHECK(predicted_class(Samples(LabelKind::multiclass, 3).info, prediction, 0.9) == 1);
}

TEST_CASE("exclusive classes are counted one against the rest") {
  Samples set(LabelKind::multiclass, 3);
  set.add(0, {}, {0.9, 0.1, 0.0}).add(0, {}, {0.1, 0.9, 0.0}).add(2, {}, {0.0, 0.1, 0.9});
  const Decisions decisions(set.info, set.scored(), {0.5});
  const std::vector<std::uint32_t> drawn{2, 1, 3};
  const auto counts = decisions.count(drawn);
  CHECK(numbers(counts[0]) == Numbers{6, 3, 2, 2, 3, 3});
  CHECK(numbers(counts[1]) == Numbers{6, 0, 1, 0, 5, 6});
  CHECK(numbers(counts[2]) == Numbers{6, 3, 3, 3, 3, 3});
}

TEST_CASE("labels are counted where they are known, each at its threshold") {
  Samples set(LabelKind::multilabel, 2);
  set.add(-1, {1, 0}, {0.6, 0.6}).add(-1, {0, -1}, {0.4, 0.9}).add(-1, {1, 1}, {0.4, 0.8});
  const Decisions decisions(set.info, set.scored(), {0.5, 0.7});
  const std::vector<std::uint32_t> drawn{1, 4, 2};
  const auto counts = decisions.count(drawn);
  CHECK(numbers(counts[0]) == Numbers{7, 3, 1, 1, 4, 4});
  CHECK(numbers(counts[1]) == Numbers{3, 2, 2, 2, 1, 1});
}

TEST_CASE("multiplicities of another set are refused") {
  Samples set(LabelKind::binary, 2);
  set.add(1, {}, {0.9});
  const Decisions decisions(set.info, set.scored(), {0.5});
  CHECK_THROWS_AS(decisions.count(std::vector<std::uint32_t>(2)), Error);
}
