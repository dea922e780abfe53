// DeLong's test against definitions over all pairs (numpy) and sklearn, and its properties.
#include <doctest/doctest.h>

#include <numeric>

#include "goldens.hpp"
#include "medvlm/analysis/delong.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/random.hpp"

using namespace medvlm;
using namespace medvlm::analysis;
using test::near;

namespace {

using Truth = std::vector<std::int8_t>;
using Scores = std::vector<double>;

}  // namespace

TEST_CASE("values, variances, z, p and interval of pairs are numpy's") {
  for (const auto& golden : test::statistics_goldens().at("delong")) {
    const Truth truth = golden.at("truth");
    const auto first = auroc_components(golden.at("first").get<Scores>(), truth);
    const auto second = auroc_components(golden.at("second").get<Scores>(), truth);
    REQUIRE((first && second));
    CHECK(near(first->auroc, golden.at("aurocs")[0]));
    CHECK(near(second->auroc, golden.at("aurocs")[1]));
    CHECK(near(first->variance(), golden.at("variances")[0]));
    CHECK(near(second->variance(), golden.at("variances")[1]));
    const DeLongDifference test = delong_difference(*first, *second, 0.95);
    CHECK(near(test.variance, golden.at("variance")));
    CHECK(near(test.z, golden.at("z"), 1e-9));
    CHECK(near(test.p_value, golden.at("p"), 1e-8));
    CHECK(near(test.low, golden.at("low"), 1e-9));
    CHECK(near(test.high, golden.at("high"), 1e-9));
    const DeLongDifference turned = delong_difference(*second, *first, 0.95);
    CHECK(turned.difference == -test.difference);
    CHECK(near(turned.p_value, test.p_value));
    CHECK(delong(golden.at("first").get<Scores>(), truth)->variance == first->variance());
  }
}

// The factors of small samples in the mixed term differ: within 1 %.
TEST_CASE("over clusters the variance is Obuchowski's") {
  for (const auto& golden : test::statistics_goldens().at("clustered")) {
    const auto clustered = auroc_components(golden.at("scores").get<Scores>(), golden.at("truth").get<Truth>(),
                                            golden.at("cluster").get<std::vector<std::uint32_t>>());
    REQUIRE(clustered);
    CHECK(near(clustered->auroc, golden.at("auroc")));
    CHECK(near(clustered->variance(), golden.at("variance"), 0.01));
  }
}

TEST_CASE("clusters of one sample change nothing, repeated samples count once") {
  const Scores scores{0.1, 0.4, 0.35, 0.8, 0.6, 0.2};
  const Truth truth{0, 0, 1, 1, 1, 0};
  std::vector<std::uint32_t> single(scores.size());
  std::iota(single.begin(), single.end(), 0U);
  CHECK(near(auroc_components(scores, truth, single)->variance(), auroc_components(scores, truth)->variance()));
  Scores twice = scores;
  twice.insert(twice.end(), scores.begin(), scores.end());
  Truth truth_twice = truth;
  truth_twice.insert(truth_twice.end(), truth.begin(), truth.end());
  std::vector<std::uint32_t> pairs = single;
  pairs.insert(pairs.end(), single.begin(), single.end());
  CHECK(near(auroc_components(twice, truth_twice, pairs)->variance(), auroc_components(scores, truth)->variance()));
  CHECK(auroc_components(twice, truth_twice)->variance() < auroc_components(scores, truth)->variance());
}

TEST_CASE("the macro average is sklearn's, and of one curve it is that curve") {
  for (const auto& golden : test::statistics_goldens().at("macro")) {
    const auto scores = golden.at("scores").get<std::vector<Scores>>();
    const auto label = golden.at("label").get<std::vector<int>>();
    std::vector<AurocComponents> curves;
    for (std::size_t c = 0; c < scores[0].size(); ++c) {
      Scores column;
      Truth truth;
      for (std::size_t i = 0; i < label.size(); ++i) {
        column.push_back(scores[i][c]);
        truth.push_back(label[i] == static_cast<int>(c) ? 1 : 0);
      }
      curves.push_back(*auroc_components(column, truth));
    }
    CHECK(near(mean_of(curves).auroc, golden.at("auroc")));
    CHECK(near(mean_of({curves.data(), 1}).variance(), curves[0].variance()));
    // A mean of equal curves is as uncertain as one of them, of which independent ones would be less.
    const std::vector<AurocComponents> equal(3, curves[0]);
    CHECK(near(mean_of(equal).variance(), curves[0].variance()));
  }
}

TEST_CASE("the variance of a macro average is that seen between samples") {
  Splitmix64 random(7);
  const auto draw = [&](std::vector<AurocComponents>& curves) {
    constexpr std::size_t n = 150;
    std::vector<int> label(n);
    std::vector<Scores> columns(3, Scores(n));
    for (std::size_t i = 0; i < n; ++i) {
      label[i] = static_cast<int>(random.below(3));
      const double shared = random.uniform();
      for (int c = 0; c < 3; ++c) columns[static_cast<std::size_t>(c)][i] = shared + random.uniform() + 0.5 * (label[i] == c);
    }
    for (int c = 0; c < 3; ++c) {
      Truth truth;
      for (const int each : label) truth.push_back(each == c);
      curves.push_back(*auroc_components(columns[static_cast<std::size_t>(c)], truth));
    }
    return mean_of(curves);
  };
  double sum = 0, squares = 0, estimated = 0;
  constexpr int rounds = 600;
  for (int r = 0; r < rounds; ++r) {
    std::vector<AurocComponents> curves;
    const AurocComponents mean = draw(curves);
    sum += mean.auroc;
    squares += mean.auroc * mean.auroc;
    estimated += mean.variance() / rounds;
  }
  const double seen = (squares - sum * sum / rounds) / (rounds - 1);
  CHECK(estimated / seen > 0.85);  // the ratio of 600 draws has a deviation of 6 %
  CHECK(estimated / seen < 1.15);
}

TEST_CASE("what cannot be known is not made up") {
  const Scores scores{0.1, 0.4, 0.35, 0.8};
  CHECK_FALSE(auroc_components(scores, Truth{0, 0, 0, 1}));
  CHECK_FALSE(auroc_components(scores, Truth{0, 0, 1, 1}, std::vector<std::uint32_t>{0, 1, 2, 2}));
  CHECK_FALSE(delong(Scores{}, Truth{}));
  const auto curve = auroc_components(scores, Truth{0, 0, 1, 1});
  const DeLongDifference same = delong_difference(*curve, *curve, 0.95);
  CHECK(same.p_value == 1);
  CHECK(same.low == 0);
  CHECK(same.high == 0);
  // Perfect against perfectly wrong: both variances are 0, which tells nothing.
  const auto perfect = auroc_components(Scores{1, 2, 3, 4}, Truth{0, 0, 1, 1});
  const auto wrong = auroc_components(Scores{4, 3, 2, 1}, Truth{0, 0, 1, 1});
  CHECK(std::isnan(delong_difference(*perfect, *wrong, 0.95).p_value));
  // Unknown truths are left out.
  const auto with_unknown = auroc_components(Scores{0.1, 0.4, 9, 0.35, 0.8}, Truth{0, 0, -1, 1, 1});
  CHECK(near(with_unknown->variance(), curve->variance()));
  CHECK_THROWS_AS(auroc_components(scores, Truth{0, 1}), Error);
  CHECK_THROWS_AS(auroc_components(Scores{0.1, std::nan("")}, Truth{0, 1}), Error);
  CHECK_THROWS_AS(delong_difference(*curve, *with_unknown, 0.95), Error);
  CHECK_THROWS_AS(delong_difference(*curve, *curve, 95), Error);
  CHECK_THROWS_AS(mean_of({}), Error);
}
