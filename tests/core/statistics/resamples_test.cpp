#include <doctest/doctest.h>

#include <numeric>
#include <thread>

#include "medvlm/core/bootstrap.hpp"

using namespace medvlm;

namespace {

BootstrapOptions options_with(BootstrapOptions::Unit unit, std::uint64_t seed = 7, int rounds = 50) {
  BootstrapOptions options;
  options.unit = unit;
  options.seed = seed;
  options.rounds = rounds;
  return options;
}

constexpr auto kSample = BootstrapOptions::Unit::sample;
constexpr auto kCluster = BootstrapOptions::Unit::cluster;

std::vector<std::uint32_t> draw(const Resamples& resamples, std::size_t round) {
  std::vector<std::uint32_t> counts(resamples.samples(), 99);
  resamples.fill(round, counts);
  return counts;
}

std::uint64_t sum(const std::vector<std::uint32_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

}  // namespace

TEST_CASE("a plain resample draws as many samples as there are") {
  for (const std::size_t n : {1, 2, 5, 56, 1001}) {
    const Resamples resamples(n, {}, options_with(kSample));
    CAPTURE(n);
    for (std::size_t round = 0; round < resamples.rounds(); ++round) CHECK(sum(draw(resamples, round)) == n);
  }
}

TEST_CASE("a round is the same whatever was drawn before it") {
  const Resamples first(300, {}, options_with(kSample));
  const Resamples second(300, {}, options_with(kSample, 7, 1000));
  const auto late = draw(first, 49);
  draw(first, 3);
  CHECK(draw(first, 49) == late);
  CHECK(draw(second, 49) == late);
}

TEST_CASE("a round is the same on any thread") {
  const Resamples resamples(300, {}, options_with(kSample));
  std::vector<std::vector<std::uint32_t>> drawn(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : drawn) threads.emplace_back([&] { mine = draw(resamples, 11); });
  }
  for (const auto& each : drawn) CHECK(each == draw(resamples, 11));
}

TEST_CASE("rounds and seeds differ from each other") {
  const Resamples one(300, {}, options_with(kSample, 1));
  const Resamples two(300, {}, options_with(kSample, 2));
  CHECK(draw(one, 0) != draw(one, 1));
  CHECK(draw(one, 0) != draw(two, 0));
}

TEST_CASE("every sample is drawn once per round on average") {
  const std::size_t n = 20;
  const int rounds = 20000;
  const Resamples resamples(n, {}, options_with(kSample, 3, rounds));
  std::vector<double> means(n);
  double never = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto counts = draw(resamples, static_cast<std::size_t>(round));
    for (std::size_t i = 0; i < n; ++i) means[i] += counts[i] / static_cast<double>(rounds);
    never += counts[0] == 0 ? 1.0 / rounds : 0.0;
  }
  // Six standard errors of a binomial mean: sqrt(19/20 / 20000) = 0.0069.
  for (const double mean : means) CHECK(mean == doctest::Approx(1.0).epsilon(0.042));
  CHECK(never == doctest::Approx(0.3585).epsilon(0.06));  // (19/20)^20
}

TEST_CASE("clusters are drawn whole") {
  const std::vector<std::uint32_t> clusters{4, 4, 9, 4, 1, 9, 1000000};
  const Resamples resamples(clusters.size(), clusters, options_with(kCluster));
  CHECK(resamples.units() == 4);
  for (std::size_t round = 0; round < resamples.rounds(); ++round) {
    const auto counts = draw(resamples, round);
    CHECK(counts[0] == counts[1]);
    CHECK(counts[0] == counts[3]);
    CHECK(counts[2] == counts[5]);
    CHECK(counts[0] + counts[2] + counts[4] + counts[6] == 4);
  }
}

TEST_CASE("only the partition into clusters matters, not its numbers") {
  const std::vector<std::uint32_t> one{0, 0, 1, 2};
  const std::vector<std::uint32_t> other{8, 8, 3, 5};
  CHECK(draw(Resamples(4, one, options_with(kCluster)), 5) == draw(Resamples(4, other, options_with(kCluster)), 5));
}

TEST_CASE("clusters of one sample each give the plain resamples") {
  const std::vector<std::uint32_t> clusters{0, 1, 2, 3, 4};
  CHECK(draw(Resamples(5, clusters, options_with(kCluster)), 2) == draw(Resamples(5, {}, options_with(kSample)), 2));
}

TEST_CASE("an empty test set has empty resamples") {
  const Resamples resamples(0, {}, options_with(kSample));
  CHECK(draw(resamples, 0).empty());
}

TEST_CASE("resamples refuse what does not fit") {
  CHECK_THROWS_AS(Resamples(3, {}, options_with(kSample, 7, 0)), Error);
  CHECK_THROWS_AS(Resamples(3, {}, options_with(kCluster)), Error);
  const Resamples resamples(3, {}, options_with(kSample));
  std::vector<std::uint32_t> counts(3);
  CHECK_THROWS_AS(resamples.fill(50, counts), Error);
  counts.resize(2);
  CHECK_THROWS_AS(resamples.fill(0, counts), Error);
}

TEST_CASE("cluster numbers follow the group, and samples without it stand alone") {
  std::vector<Sample> samples(5);
  samples[0].groups = {{"patient", "p1"}};
  samples[1].groups = {{"sex", "F"}};
  samples[2].groups = {{"sex", "F"}, {"patient", "p2"}};
  samples[3].groups = {{"patient", "p1"}};
  CHECK(cluster_numbers(samples, "patient") == std::vector<std::uint32_t>{0, 1, 2, 0, 3});
}
