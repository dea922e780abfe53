// Pacing on a clock that the test moves.
#include <algorithm>
#include <cmath>
#include <deque>
#include <vector>

#include <doctest/doctest.h>

#include "medvlm/base/random.hpp"
#include "medvlm/sdk/chat/pacing.hpp"

using namespace medvlm;
using namespace medvlm::sdk::chat;

TEST_CASE("without a cap nothing waits") {
  RateWindow window(0, 60);
  for (int i = 0; i < 1000; ++i) {
    CHECK(window.wait(0) == 0);
    window.start();
  }
}

TEST_CASE("a request counts until a whole window after its end") {
  RateWindow window(2, 60);
  CHECK(window.wait(0) == 0);
  window.start();
  window.start();
  CHECK(std::isinf(window.wait(10)));
  window.end(30);
  CHECK(window.wait(30) == doctest::Approx(60));
  window.end(40);
  CHECK(window.wait(80) == doctest::Approx(10));
  CHECK(window.wait(90) == 0);
  window.start();
  CHECK(window.wait(95) == doctest::Approx(5));
}

TEST_CASE("the cap holds for arrivals, whenever a request arrives between its start and its end") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Splitmix64 random(seed);
    const std::int64_t cap = 1 + random.below(9);
    RateWindow window(cap, 10);
    std::deque<double> ends;
    std::vector<double> arrivals;
    double now = 0;
    while (arrivals.size() < 500) {
      while (!ends.empty() && ends.front() <= now) {
        window.end(ends.front());
        ends.pop_front();
      }
      const double wait = window.wait(now);
      if (wait > 0) {
        now = std::min(now + wait, ends.empty() ? now + wait : ends.front());
        continue;
      }
      window.start();
      const double end = std::max(ends.empty() ? 0.0 : ends.back(), now + 3 * random.uniform());
      ends.push_back(end);
      arrivals.push_back(now + (end - now) * random.uniform());
      now += 0.2 * random.uniform();
    }
    std::sort(arrivals.begin(), arrivals.end());
    for (std::size_t i = static_cast<std::size_t>(cap); i < arrivals.size(); ++i) {
      CHECK(arrivals[i] - arrivals[i - static_cast<std::size_t>(cap)] > 10);
    }
  }
}

TEST_CASE("429s cut the number of requests at once, answers raise it again up to the most") {
  Concurrency concurrency(20);
  CHECK(concurrency.limit() == 20);
  concurrency.turned_away(0, 1);
  CHECK(concurrency.limit() == 16);
  // These were under way when the limit was cut.
  for (int i = 0; i < 15; ++i) concurrency.turned_away(0.5, 1.5);
  CHECK(concurrency.limit() == 16);
  concurrency.turned_away(2, 3);
  CHECK(concurrency.limit() == 12);
  for (int i = 0; i < 12; ++i) concurrency.answered();
  CHECK(concurrency.limit() == 13);
  for (int i = 0; i < 1000; ++i) concurrency.answered();
  CHECK(concurrency.limit() == 20);
}

TEST_CASE("however many 429s come, one request may always run, and the limit comes back") {
  Concurrency concurrency(8);
  for (int i = 0; i < 100; ++i) concurrency.turned_away(i, i + 0.5);
  CHECK(concurrency.limit() == 1);
  for (int i = 0; i < 100; ++i) concurrency.answered();
  CHECK(concurrency.limit() == 8);
}

TEST_CASE("an answer between 429s lets the limit find its level") {
  Concurrency concurrency(100);
  double now = 0;
  int lowest = 100, highest = 0;
  // The server bears 20 at once.
  for (int round = 0; round < 400; ++round) {
    const int running = concurrency.limit();
    for (int i = 0; i < running; ++i) {
      if (i < 20) concurrency.answered();
      if (i >= 20) concurrency.turned_away(now, now + 0.5);
    }
    now += 1;
    if (round < 50) continue;
    lowest = std::min(lowest, concurrency.limit());
    highest = std::max(highest, concurrency.limit());
  }
  CHECK(lowest >= 15);
  CHECK(highest <= 22);
}

TEST_CASE("the back-off grows by doubling up to its longest, and is the same for the same seed") {
  for (int tries = 1; tries < 80; ++tries) {
    const double whole = std::min(30.0, std::pow(2.0, tries - 1));
    const double seconds = backoff_seconds(7, tries);
    CHECK(seconds >= whole / 2);
    CHECK(seconds < whole);
    CHECK(seconds == backoff_seconds(7, tries));
  }
  CHECK(backoff_seconds(7, 3) != backoff_seconds(8, 3));
}
