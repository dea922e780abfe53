#include "medvlm/analysis/paired_difference.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "medvlm/base/error.hpp"

using namespace medvlm;
using namespace medvlm::analysis;

constexpr double kUndefinedRound = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("rounds are subtracted one by one, undefined ones left out") {
  const std::vector<double> first{0.9, 0.8, kUndefinedRound, 0.7, 0.9};
  const std::vector<double> second{0.7, 0.7, 0.5, kUndefinedRound, 0.6};
  const Contrast contrast = paired_difference(0.85, 0.65, first, second, 0.9);
  CHECK(std::abs(contrast.interval.value - 0.2) < 1e-12);
  CHECK(contrast.interval.valid_rounds == 3);
  CHECK(std::abs(contrast.interval.mean - 0.2) < 1e-12);
  CHECK(std::abs(contrast.interval.low - 0.11) < 1e-12);
  CHECK(std::abs(contrast.interval.high - 0.29) < 1e-12);
  CHECK(contrast.p_value == 0.5);  // no round at or below 0: 2 * (1 + 0) / (1 + 3)
}

TEST_CASE("p is never 0, is 1 where nothing differs, and touches the interval") {
  std::vector<double> rounds(999, 0.1);
  CHECK(contrast_of(0.1, rounds, 0.95).p_value == 2.0 / 1000);
  CHECK(contrast_of(0, std::vector<double>(999, 1e-17), 0.95).p_value == 1);
  CHECK(std::isnan(contrast_of(0, {kUndefinedRound}, 0.95).p_value));
  CHECK(std::isnan(contrast_of(0, {}, 0.95).interval.low));
  for (int i = 0; i < 24; ++i) rounds[static_cast<std::size_t>(i)] = -0.1;
  const Contrast touching = contrast_of(0.1, rounds, 0.95);  // 24 of 999 below 0
  CHECK(touching.p_value == 0.05);
  CHECK(contrast_of(-0.1, rounds, 0.95).p_value == touching.p_value);
  rounds[24] = rounds[25] = -0.1;
  CHECK(contrast_of(0.1, rounds, 0.95).p_value > 0.05);
  CHECK(contrast_of(0.1, rounds, 0.95).interval.low < 0);
  CHECK_THROWS_AS(contrast_of(0, rounds, 1), Error);
  CHECK_THROWS_AS(paired_difference(0, 0, rounds, {rounds.data(), 3}, 0.95), Error);
}

TEST_CASE("every difference of the keys is told, with the cure") {
  const ResampleKey key{"abc", 200, 1000, 42, "cluster"};
  CHECK_NOTHROW(require_paired(key, "a", key, "b"));
  ResampleKey other{"abc", 200, 500, 7, "sample"};
  CHECK(differences_between(key, other).size() == 3);
  try {
    require_paired(key, "m/d/a", other, "n/d/a");
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::conflict);
    const std::string message = error.what();
    for (const char* part : {"'m/d/a' and 'n/d/a'", "rounds 1000 and 500", "seed 42 and 7",
                             "unit \"cluster\" and \"sample\"", "--rescore"}) {
      CAPTURE(part);
      CHECK(message.find(part) != std::string::npos);
    }
  }
  other = key;
  other.samples_sha256 = "def";
  other.samples = 199;
  try {
    require_paired(key, "a", other, "b");
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    const std::string message = error.what();
    CHECK(message.find("other samples (abc and def)") != std::string::npos);
    CHECK(message.find("samples 200 and 199") != std::string::npos);
    CHECK(message.find("same test split") != std::string::npos);
  }
}
