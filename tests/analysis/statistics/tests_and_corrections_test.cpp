// Normal distribution, McNemar, corrections, unpaired and detectable differences, seeds: against scipy and statsmodels.
#include <doctest/doctest.h>

#include <limits>

#include "goldens.hpp"
#include "medvlm/analysis/detectable_difference.hpp"
#include "medvlm/analysis/interval.hpp"
#include "medvlm/analysis/mcnemar.hpp"
#include "medvlm/analysis/multiple_testing.hpp"
#include "medvlm/analysis/normal.hpp"
#include "medvlm/analysis/seed_variance.hpp"
#include "medvlm/analysis/unpaired_difference.hpp"
#include "medvlm/base/error.hpp"

using namespace medvlm;
using namespace medvlm::analysis;
using test::near;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("the normal distribution is scipy's") {
  const auto& golden = test::statistics_goldens().at("normal");
  for (std::size_t i = 0; i < golden.at("q").size(); ++i) {
    CHECK(std::abs(normal_quantile(golden.at("q")[i]) - golden.at("x")[i].get<double>()) < 1e-12);
    CHECK(near(normal_cdf(golden.at("x")[i]), golden.at("q")[i]));
  }
  for (std::size_t i = 0; i < golden.at("z").size(); ++i) {
    CHECK(near(two_sided_p(-golden.at("z")[i].get<double>()), golden.at("p")[i]));
  }
  CHECK(near(interval_z(0.95), 1.959963984540054));
  CHECK_THROWS_AS(normal_quantile(1), Error);
  CHECK_THROWS_AS(interval_z(95), Error);
}

TEST_CASE("McNemar's p-values are statsmodels' and scipy's") {
  for (const auto& golden : test::statistics_goldens().at("mcnemar")) {
    const McNemar test = mcnemar(golden.at("b"), golden.at("c"));
    CHECK(near(test.exact_p, golden.at("exact")));
    CHECK(near(test.mid_p, golden.at("mid_p")));
    CHECK(test.p_value() == test.mid_p);
    if (golden.at("b") == golden.at("c")) continue;  // statsmodels does not stop the correction at 0
    CHECK(near(test.corrected_chi_square, golden.at("chi_square")));
    CHECK(near(test.corrected_p, golden.at("corrected")));
  }
  CHECK(mcnemar(4, 4).corrected_p == 1);
  CHECK(mcnemar(0, 0).p_value() == 1);
}

// M. W. Fagerland, S. Lydersen, P. Laake, BMC Medical Research Methodology 13:91 (2013): airway hyper-responsiveness.
TEST_CASE("McNemar's p-values of the published example") {
  const McNemar test = mcnemar(1, 7);
  CHECK(std::abs(test.exact_p - 0.070) < 5e-4);
  CHECK(std::abs(test.mid_p - 0.039) < 5e-4);
  CHECK(std::abs(test.corrected_p - 0.077) < 5e-4);
}

TEST_CASE("McNemar over clusters: single samples give the uncorrected test, copies count once") {
  const std::vector<int> differences{1, 1, 1, 1, 1, 1, 1, -1, 0, 0};
  std::vector<std::uint32_t> single{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  const ClusteredMcNemar test = clustered_mcnemar(differences, single);
  CHECK(near(test.z, 6 / std::sqrt(8.0)));
  CHECK(near(test.p_value, 0.033894853524689));
  CHECK(test.clusters == 8);
  std::vector<int> twice = differences;
  twice.insert(twice.end(), differences.begin(), differences.end());
  std::vector<std::uint32_t> pairs = single;
  pairs.insert(pairs.end(), single.begin(), single.end());
  CHECK(near(clustered_mcnemar(twice, pairs).p_value, test.p_value));
  CHECK(clustered_mcnemar({}, {}).p_value == 1);
  CHECK_THROWS_AS(clustered_mcnemar(differences, std::vector<std::uint32_t>{0}), Error);
}

TEST_CASE("Holm's and Benjamini-Hochberg's p-values are statsmodels'; NaN keeps its place") {
  for (const auto& golden : test::statistics_goldens().at("multiple")) {
    const auto p = golden.at("p").get<std::vector<double>>();
    const auto by_holm = holm(p);
    const auto by_rate = benjamini_hochberg(p);
    for (std::size_t i = 0; i < p.size(); ++i) {
      CHECK(near(by_holm[i], golden.at("holm")[i]));
      CHECK(near(by_rate[i], golden.at("bh")[i]));
    }
  }
  const std::vector<double> gap{0.01, kNan, 0.04};
  for (const auto& adjusted : {holm(gap), benjamini_hochberg(gap)}) {
    CHECK(adjusted[0] == 0.02);
    CHECK(std::isnan(adjusted[1]));
    CHECK(adjusted[2] == 0.04);
  }
  CHECK(holm({}).empty());
  CHECK_THROWS_AS(holm(std::vector<double>{1.5}), Error);
  CHECK_THROWS_AS(benjamini_hochberg(std::vector<double>{-0.1}), Error);
}

TEST_CASE("the detectable difference is 2.8 standard errors for 5 % and 80 %") {
  CHECK(std::abs(detectable_difference(1) - 2.8016) < 1e-4);
  CHECK(near(detectable_difference(0.02, 0.01, 0.9), 0.02 * (normal_quantile(0.995) + normal_quantile(0.9))));
  CHECK(std::isnan(detectable_difference(kNan)));
  CHECK_THROWS_AS(detectable_difference(1, 0.05, 80), Error);
}

TEST_CASE("unpaired differences add variances") {
  const auto test = unpaired_difference(0.9, 0.03, 0.8, 0.04, 0.95);
  CHECK(near(test.standard_error, 0.05));
  CHECK(near(test.z, 2));
  CHECK(near(test.p_value, 0.04550026389635842));
  CHECK(near(test.low, 0.1 - 1.959963984540054 * 0.05, 1e-9));
  CHECK(std::isnan(unpaired_difference(0.9, kNan, 0.8, 0.04, 0.95).p_value));
}

TEST_CASE("seeds: test set and training add, degrees of freedom are Satterthwaite's") {
  const std::vector<double> values{0.70, 0.74, 0.72, kNan};
  const std::vector<std::vector<double>> rounds{{0.6, 0.8, kNan}, {0.7, 0.9, 0.7}, {0.65, 0.85, 0.7}, {kNan, kNan, kNan}};
  const SeedSummary summary = summarise_seeds(values, rounds, 0.95);
  CHECK(summary.seeds == 3);
  CHECK(near(summary.mean, 0.72));
  CHECK(near(summary.seed_variance, 0.0004));
  CHECK(near(summary.test_variance, 0.01));  // means of rounds 0.65 and 0.85
  const double variance = 0.01 + 0.0004 / 3;
  CHECK(near(summary.standard_error, std::sqrt(variance)));
  CHECK(near(summary.degrees, 2 * std::pow(variance / (0.0004 / 3), 2), 1e-9));
  CHECK(near(summary.high - summary.mean, 1.96 * summary.standard_error, 1e-3));
}

TEST_CASE("seeds: with hardly any variance of the test set the interval is Student's") {
  const auto& golden = test::statistics_goldens().at("student");
  const std::vector<double> values{1, 2, 3, 4};
  const std::vector<std::vector<double>> rounds{{1, 1}, {2, 2}, {3, 3}, {4, 4}};
  const SeedSummary summary = summarise_seeds(values, rounds, 0.95);
  CHECK(near(summary.degrees, golden.at("degrees")[1]));
  CHECK(near(summary.high - summary.mean, golden.at("q975")[1].get<double>() * std::sqrt(5.0 / 3 / 4), 1e-9));
  CHECK(std::isnan(summarise_seeds({values.data(), 1}, {rounds.data(), 1}, 0.95).low));
  CHECK(std::isnan(summarise_seeds({}, {}, 0.95).mean));
  CHECK_THROWS_AS(summarise_seeds(values, {rounds.data(), 2}, 0.95), Error);
}
