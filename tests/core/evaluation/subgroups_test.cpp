// Metrics on subgroups, and metrics that learn on the train split.
#include <cmath>
#include <nlohmann/json.hpp>

#include "fakes.hpp"
#include "checks.hpp"

using namespace medvlm;
using test::Bench;
using test::MeanScore;

namespace {

/// Samples 0 to 7 are "low", 8 to 17 "high", 18 and 19 "rare".
struct GroupedBench : Bench {
  GroupedBench() {
    dataset.groups = [](std::int64_t i) -> decltype(Sample::groups) {
      return {{"part", i < 8 ? "low" : i < 18 ? "high" : "rare"}};
    };
    subgroups = {{"part"}, 5};
  }
  nlohmann::json result() const { return nlohmann::json::parse(file("result.json")); }
};

const SubgroupResult& named(const ScenarioResult& result, const std::string& value) {
  for (const SubgroupResult& subgroup : result.subgroups) {
    if (subgroup.value == value) return subgroup;
  }
  throw std::runtime_error("no subgroup " + value);
}

}  // namespace

TEST_CASE("every subgroup has the metric of its members") {
  GroupedBench bench;
  const ScenarioResult result = bench.run();
  REQUIRE(result.subgroups.size() == 3);
  const SubgroupResult& low = named(result, "low");
  CHECK(low.group == "part");
  CHECK(low.scored == 8);
  CHECK(low.values.at(0).interval.value == doctest::Approx(3.5));
  CHECK(low.values.at(0).interval.low < 3.5);
  CHECK(low.values.at(0).interval.high > 3.5);
  CHECK(low.values.at(0).interval.high <= 7);  // no member of another subgroup is in any round
  CHECK(named(result, "high").values.at(0).interval.value == doctest::Approx(12.5));
}

TEST_CASE("the whole test set's numbers do not depend on subgroups") {
  GroupedBench with;
  Bench without;
  const auto a = with.run().values.at(0).interval;
  const auto b = without.run().values.at(0).interval;
  CHECK(a.value == b.value);
  CHECK(a.low == b.low);
  CHECK(a.high == b.high);
}

TEST_CASE("a small subgroup is listed without numbers, with the reason") {
  GroupedBench bench;
  const ScenarioResult result = bench.run();
  CHECK(named(result, "rare").values.empty());
  CHECK(named(result, "rare").scored == 2);
  CHECK(named(result, "rare").reason == "2 scored samples are fewer than min_samples = 5");
}

TEST_CASE("failed samples belong to no subgroup") {
  GroupedBench bench;
  bench.dataset.unreadable = {0, 19};
  const ScenarioResult result = bench.run();
  CHECK(named(result, "low").scored == 7);
  CHECK(named(result, "low").values.at(0).interval.value == doctest::Approx(4));
  CHECK(named(result, "rare").scored == 1);
}

TEST_CASE("the gap is the difference of the extreme subgroups, paired by round") {
  GroupedBench bench;
  const ScenarioResult result = bench.run();
  REQUIRE(result.gaps.size() == 1);
  const SubgroupGap& gap = result.gaps[0];
  CHECK(gap.highest == "high");
  CHECK(gap.lowest == "low");
  CHECK(gap.interval.value == doctest::Approx(9));
  CHECK(gap.interval.low > 4);
  CHECK(gap.interval.high < 14);
  CHECK(gap.interval.valid_rounds == 50);
}

TEST_CASE("'unknown' is a subgroup, but takes no part in the gap") {
  GroupedBench bench;
  bench.dataset.groups = [](std::int64_t i) -> decltype(Sample::groups) {
    if (i >= 14) return {};
    return {{"part", i < 7 ? "low" : "high"}};
  };
  const ScenarioResult result = bench.run();
  CHECK(named(result, "unknown").values.at(0).interval.value == doctest::Approx(16.5));
  REQUIRE(result.gaps.size() == 1);
  CHECK(result.gaps[0].highest == "high");
}

TEST_CASE("result.json holds subgroups, gaps and notes, and only if they were asked for") {
  GroupedBench bench;
  bench.subgroups.groups.push_back("nothing");
  bench.run();
  const auto result = bench.result();
  REQUIRE(result["subgroups"].size() == 3);
  CHECK(result["subgroups"][0]["value"] == "high");
  CHECK(result["subgroups"][0]["n"] == 10);
  CHECK(result["subgroups"][0]["metrics"][0]["value"] == doctest::Approx(12.5));
  CHECK(result["subgroups"][2]["reason"].get<std::string>().find("min_samples") != std::string::npos);
  CHECK(result["subgroup_gaps"][0]["gap"] == doctest::Approx(9));
  CHECK(result["subgroup_notes"][0] == "no test sample has the group 'nothing'; there are: part");
  Bench plain;
  plain.run();
  CHECK_FALSE(nlohmann::json::parse(plain.file("result.json")).contains("subgroups"));
}

TEST_CASE("a value that a subgroup does not define has a reason") {
  // Undefined unless both classes were drawn.
  struct BothClasses final : Metric {
    struct Prepared final : PreparedMetric {
      std::vector<MetricValue> names{{"both", true}};
      std::vector<std::int64_t> labels;
      const std::vector<MetricValue>& values() const override { return names; }
      void evaluate(std::span<const std::uint32_t> multiplicity, std::span<double> out) const override {
        bool seen[2] = {false, false};
        for (std::size_t i = 0; i < labels.size(); ++i) seen[labels[i]] = seen[labels[i]] || multiplicity[i] > 0;
        out[0] = seen[0] && seen[1] ? 1 : NAN;
      }
      std::string undefined_reason(std::size_t) const override { return "of the full set"; }
    };
    void check(const DatasetInfo&) const override {}
    std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const override {
      auto prepared = std::make_unique<Prepared>();
      for (const Scored& item : input.scored) prepared->labels.push_back(item.sample->label);
      return prepared;
    }
  } metric;
  Bench bench;
  bench.dataset.groups = [](std::int64_t i) -> decltype(Sample::groups) {
    return {{"class", i % 2 ? "odd" : "even"}, {"half", i < 10 ? "first" : "second"}};
  };
  bench.subgroups = {{"class", "half"}, 5};
  const ScenarioResult result = bench.run_with({{"both", &metric}});
  CHECK(std::isnan(named(result, "even").values.at(0).interval.value));
  CHECK(named(result, "even").values.at(0).reason == "all 10 scored samples of the subgroup are 'no'");
  CHECK(named(result, "even").values.at(0).interval.valid_rounds == 0);
  CHECK(named(result, "first").values.at(0).interval.value == 1);
  REQUIRE(result.gaps.size() == 1);  // one group has no defined value; in the other all are equal
  CHECK(result.gaps[0].group == "half");
  CHECK(result.gaps[0].highest != result.gaps[0].lowest);
  CHECK(result.gaps[0].interval.value == 0);
}

TEST_CASE("a metric that fails leaves the subgroups to the others") {
  GroupedBench bench;
  MeanScore broken;
  broken.broken = true;
  const ScenarioResult result = bench.run_with({{"broken", &broken}, {"mean", &bench.metric}});
  REQUIRE(named(result, "low").values.size() == 1);
  CHECK(named(result, "low").values[0].metric == "mean");
}

TEST_CASE("a metric that learns gets predictions on the train split") {
  Bench bench;
  bench.metric.learns = true;
  bench.run();
  CHECK(bench.metric.learnt_from == 20);
}

TEST_CASE("without a train split a metric that learns gets nothing, and the others are scored") {
  Bench bench;
  bench.dataset.available = {Split::test};
  bench.metric.learns = true;
  const ScenarioResult result = bench.run();
  CHECK(result.complete);
  CHECK(result.values.at(0).interval.value == doctest::Approx(9.5));
  CHECK(bench.metric.learnt_from == 0);
  CHECK(bench.dataset.opened == std::vector<std::string>{"test"});
}
