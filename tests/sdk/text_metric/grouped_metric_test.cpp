// The base of metrics on answers.
#include "checks.hpp"

#include <array>
#include <cmath>

#include "medvlm/sdk/text_metric/grouped_metric.hpp"

using namespace medvlm;
using namespace medvlm::sdk;

namespace {

using Values = std::vector<double>;

Values evaluated(const PreparedMetric& metric, const std::vector<std::uint32_t>& multiplicity) {
  Values values(metric.values().size(), -1);
  metric.evaluate(multiplicity, values);
  return values;
}

/// Sum of the first column over sum of the second.
class Ratio final : public GroupedMetric {
 public:
  Ratio() : GroupedMetric("ratio", {{"ratio"}}, 2) {}

 protected:
  void from_sums(std::span<const double> sums, double, std::span<double> out) const override {
    out[0] = sums[0] / sums[1];
  }
};

}  // namespace

TEST_CASE("values are means over the groups that are asked for, in order") {
  GroupedMetric metric("m", {{"x"}, {"y", false, true, false}});
  metric.add(true, std::array{1.0, 10.0});
  metric.add(false, std::array{4.0, 99.0});
  CHECK(metric.values()[0].name == "x");
  CHECK(metric.values()[1].name == "x[open]");
  CHECK(metric.values()[2].name == "x[closed]");
  CHECK(metric.values()[3].name == "y[open]");
  CHECK(evaluated(metric, {2, 1}) == Values{2, 1, 4, 10});
}

TEST_CASE("another function of the sums sees each group's own") {
  Ratio metric;
  metric.add(true, std::array{1.0, 2.0});
  metric.add(false, std::array{3.0, 2.0});
  CHECK(evaluated(metric, {1, 1}) == Values{1, 0.5, 1.5});
  CHECK(evaluated(metric, {1, 3}).at(0) == 10.0 / 8);
}

TEST_CASE("what was not drawn is undefined, and reasons are for the full set alone") {
  GroupedMetric metric("m", {{"x"}});
  metric.add(false, std::array{1.0});
  CHECK(std::isnan(evaluated(metric, {0}).at(0)));
  CHECK(metric.undefined_reason(0).empty());
  CHECK(metric.undefined_reason(1) == "no open question was scored");
  CHECK(metric.undefined_reason(2).empty());
  CHECK(metric.undefined_reason(99).empty());
}

TEST_CASE("a wrong number of numbers is a mistake of the plugin") {
  GroupedMetric metric("m", {{"x"}, {"y"}});
  CHECK_THROWS_AS(metric.add(true, std::array{1.0}), Error);
  Values out(6);
  CHECK_THROWS_AS(metric.evaluate(std::vector<std::uint32_t>{1}, out), Error);
}

TEST_CASE("only VQA datasets pass") {
  DatasetInfo info;
  info.name = "Skin";
  CHECK_THROWS_WITH(check_answers(info, "bleu"), doctest::Contains("'Skin' is for diagnosis"));
  info.task = Task::vqa;
  CHECK_NOTHROW(check_answers(info, "bleu"));
}
