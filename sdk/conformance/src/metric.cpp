#include "medvlm/conformance/metric.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "laws.hpp"
#include "medvlm/base/random.hpp"
#include "synthetic.hpp"

namespace medvlm::conformance {
namespace {

using Multiplicity = std::vector<std::uint32_t>;
using Order = std::vector<std::size_t>;

constexpr std::size_t kSamples = 40;
constexpr double kTolerance = 1e-12;

bool same(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b || std::abs(a - b) <= kTolerance * std::max({1.0, std::abs(a), std::abs(b)});
}

Order counted(std::size_t count) {
  Order order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

/// The laws for one dataset kind.
class MetricLaws {
 public:
  MetricLaws(const Metric& metric, const DatasetInfo& info, Laws& laws)
      : metric_(metric), set_(synthetic_set(info, kSamples)), laws_(laws), suffix_(" (" + describe(info) + ")") {
    Splitmix64 random(5);
    for (std::size_t i = 0; i < kSamples; ++i) drawn_.push_back(random.below(4));
  }

  void run() {
    const bool prepared = check("prepares, with a headline and unique names", [&] { names(); });
    if (!prepared) return;
    check("a multiplicity is a repetition", [&] { repetition(); });
    check("doubling all multiplicities changes nothing", [&] { doubling(); });
    check("the order of samples does not matter", [&] { permutation(); });
    check("nothing drawn gives NaN or a finite number", [&] { nothing_drawn(); });
    check("an empty scored set is survived", [&] { nothing_scored(); });
    if (metric_.needs_train_predictions()) check("an empty train split is survived", [&] { nothing_to_learn(); });
    check("a sample's own value is the headline of that sample alone", [&] { sample_values(); });
    check("two threads get equal values", [&] { threads(); });
    check("does not refer to the samples after prepare()", [&] { independence(); });
  }

 private:
  bool check(const std::string& law, const std::function<void()>& body) { return laws_.check(law + suffix_, body); }

  std::unique_ptr<PreparedMetric> prepare(const Order& order) const {
    const std::vector<Scored> scored = set_.scored(order);
    auto prepared = prepare(set_, scored);
    require(prepared != nullptr, "prepare() returned null");
    return prepared;
  }

  // A metric that learns on the train split gets predictions there: always the same, whatever is scored.
  std::unique_ptr<PreparedMetric> prepare(const SyntheticSet& set, const std::vector<Scored>& scored) const {
    const std::vector<Scored> train = metric_.needs_train_predictions() ? set.scored(counted(kSamples)) : std::vector<Scored>{};
    return metric_.prepare({set.info, scored, train});
  }

  static std::vector<double> evaluate(const PreparedMetric& prepared, const Multiplicity& multiplicity) {
    std::vector<double> out(prepared.values().size(), -1e300);
    prepared.evaluate(multiplicity, out);
    return out;
  }

  void require_equal(const PreparedMetric& prepared, const std::vector<double>& found,
                     const std::vector<double>& wanted, const std::string& when) const {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      require(same(found[i], wanted[i]), prepared.values()[i].name + " is " + std::to_string(found[i]) + " " + when +
                                             ", expected " + std::to_string(wanted[i]));
    }
  }

  void names() const {
    const auto prepared = prepare(counted(kSamples));
    require(!prepared->values().empty(), "values() is empty; the first value is the headline");
    std::set<std::string> names;
    for (const MetricValue& value : prepared->values()) {
      require(!value.name.empty(), "a value has no name");
      require(names.insert(value.name).second, "two values are called '" + value.name + "'");
    }
    const auto values = evaluate(*prepared, Multiplicity(kSamples, 1));
    for (std::size_t i = 0; i < values.size(); ++i) {
      require(!std::isinf(values[i]), prepared->values()[i].name + " is infinite");
      require(values[i] != -1e300, prepared->values()[i].name + " was not written by evaluate()");
      require(!std::isnan(values[i]) || !prepared->undefined_reason(i).empty(),
              prepared->values()[i].name + " is NaN on the full set, and undefined_reason() does not say why");
    }
  }

  void repetition() const {
    Order repeated;
    for (std::size_t i = 0; i < kSamples; ++i) repeated.insert(repeated.end(), drawn_[i], i);
    const auto prepared = prepare(counted(kSamples));
    const auto expanded = prepare(repeated);
    require(expanded->values().size() == prepared->values().size(), "the number of values depends on the samples");
    require_equal(*prepared, evaluate(*prepared, drawn_), evaluate(*expanded, Multiplicity(repeated.size(), 1)),
                  "for a multiplicity vector");
  }

  void doubling() const {
    const auto prepared = prepare(counted(kSamples));
    const auto once = evaluate(*prepared, drawn_);
    Multiplicity doubled = drawn_;
    for (auto& count : doubled) count *= 2;
    const auto twice = evaluate(*prepared, doubled);
    for (std::size_t i = 0; i < once.size(); ++i) {
      // A count is no scale-free number; it doubles.
      require(same(once[i], twice[i]) || same(2 * once[i], twice[i]),
              prepared->values()[i].name + " goes from " + std::to_string(once[i]) + " to " + std::to_string(twice[i]));
    }
  }

  void permutation() const {
    Order order = counted(kSamples);
    Splitmix64 random(11);
    for (std::size_t i = kSamples; i > 1; --i) std::swap(order[i - 1], order[random.below(std::uint32_t(i))]);
    Multiplicity permuted;
    for (const std::size_t index : order) permuted.push_back(drawn_[index]);
    const auto prepared = prepare(counted(kSamples));
    require_equal(*prepared, evaluate(*prepare(order), permuted), evaluate(*prepared, drawn_), "in another order");
  }

  void sample_values() const {
    const auto prepared = prepare(counted(kSamples));
    const std::vector<double> values = prepared->sample_values();
    if (values.empty()) return;
    require(values.size() == kSamples, "sample_values() has " + std::to_string(values.size()) + " numbers for " +
                                           std::to_string(kSamples) + " samples");
    for (std::size_t i = 0; i < kSamples; ++i) {
      Multiplicity alone(kSamples, 0);
      alone[i] = 1;
      const double headline = evaluate(*prepared, alone).front();
      require(same(values[i], headline), "sample " + std::to_string(i) + " has the value " + std::to_string(values[i]) +
                                             ", and alone the headline " + std::to_string(headline));
    }
  }

  void nothing_drawn() const {
    const auto prepared = prepare(counted(kSamples));
    const auto values = evaluate(*prepared, Multiplicity(kSamples, 0));
    for (std::size_t i = 0; i < values.size(); ++i) {
      require(!std::isinf(values[i]), prepared->values()[i].name + " is infinite when nothing is drawn");
      require(values[i] != -1e300, prepared->values()[i].name + " was not written by evaluate()");
    }
  }

  void nothing_scored() const {
    const auto prepared = prepare({});
    require(!prepared->values().empty(), "values() is empty for an empty set");
    for (const double value : evaluate(*prepared, {})) require(!std::isinf(value), "a value is infinite");
  }

  void nothing_to_learn() const {
    const auto prepared = metric_.prepare({set_.info, set_.scored(counted(kSamples))});
    const auto values = evaluate(*prepared, Multiplicity(kSamples, 1));
    for (std::size_t i = 0; i < values.size(); ++i) {
      require(!std::isinf(values[i]), prepared->values()[i].name + " is infinite without a train split");
      require(!std::isnan(values[i]) || !prepared->undefined_reason(i).empty(),
              prepared->values()[i].name + " is NaN without a train split, and undefined_reason() does not say why");
    }
  }

  void threads() const {
    const auto prepared = prepare(counted(kSamples));
    const auto [first, second] = in_two_threads([&] {
      std::vector<double> all;
      for (int round = 0; round < 50; ++round) {
        const auto values = evaluate(*prepared, drawn_);
        all.insert(all.end(), values.begin(), values.end());
      }
      return all;
    });
    for (std::size_t i = 0; i < first.size(); ++i) {
      const auto& name = prepared->values()[i % prepared->values().size()].name;
      require(first[i] == second[i] || (std::isnan(first[i]) && std::isnan(second[i])), name + " differs");
    }
  }

  void independence() const {
    const auto prepared = prepare(counted(kSamples));
    std::unique_ptr<PreparedMetric> kept;
    {
      auto copy = std::make_unique<SyntheticSet>(set_);
      const auto scored = copy->scored(counted(kSamples));
      kept = prepare(*copy, scored);
      // Overwritten before it is freed, so that a reference shows without a sanitizer as well.
      for (Sample& sample : copy->samples) sample = Sample{};
      for (Prediction& prediction : copy->predictions) prediction = Prediction{};
    }
    require_equal(*prepared, evaluate(*kept, drawn_), evaluate(*prepared, drawn_), "after the samples are gone");
  }

  const Metric& metric_;
  SyntheticSet set_;
  Laws& laws_;
  std::string suffix_;
  Multiplicity drawn_;
};

}  // namespace

std::vector<Finding> check_metric(Metric& metric) {
  Laws laws;
  std::vector<DatasetInfo> accepted;
  laws.check("accepts a dataset kind, and refuses others with Error(config)", [&] {
    for (const DatasetInfo& info : synthetic_infos()) {
      try {
        metric.check(info);
        accepted.push_back(info);
      } catch (const Error& error) {
        const std::string code(error_code_name(error.code()));
        require(code == "config", "refuses " + describe(info) + " with code " + code + ", expected config");
      }
    }
    require(!accepted.empty(), "refuses every kind of dataset");
  });
  for (const DatasetInfo& info : accepted) MetricLaws(metric, info, laws).run();
  return laws.take();
}

}  // namespace medvlm::conformance
