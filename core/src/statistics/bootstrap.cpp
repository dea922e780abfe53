// Runs a metric over all resamples on all cores.
#include "medvlm/core/bootstrap.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>

namespace medvlm {
namespace {

bool is_whole_test_set(std::span<const std::size_t> rows, std::size_t samples) {
  if (rows.size() != samples) return false;
  for (std::size_t i = 0; i < samples; ++i) {
    if (rows[i] != i) return false;
  }
  return true;
}

// One run over the rounds; each round writes its own places of `results`, so the outcome does not depend on who ran it.
class Run {
 public:
  Run(const PreparedMetric& metric, const Resamples& resamples, std::span<const std::size_t> rows)
      : metric_(metric), resamples_(resamples), rows_(rows), whole_(is_whole_test_set(rows, resamples.samples())),
        results_(metric.values().size(), std::vector<double>(resamples.rounds())) {}

  void on_threads(unsigned wanted) {
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t threads = std::min<std::size_t>(wanted == 0 ? cores : wanted, resamples_.rounds());
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back([this] { work(); });
    work();
    others.clear();
    if (failure_) std::rethrow_exception(failure_);
  }

  std::vector<std::vector<double>> take_results() { return std::move(results_); }

 private:
  // An exception must not leave a thread; the first one is kept and ends the other threads early.
  void work() noexcept {
    try {
      std::vector<std::uint32_t> drawn(resamples_.samples());
      std::vector<std::uint32_t> restricted(whole_ ? 0 : rows_.size());
      std::vector<double> values(results_.size());
      for (std::size_t round = next_++; round < resamples_.rounds(); round = next_++) {
        one_round(round, drawn, restricted, values);
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      next_ = resamples_.rounds();
    }
  }

  void one_round(std::size_t round, std::vector<std::uint32_t>& drawn, std::vector<std::uint32_t>& restricted,
                 std::vector<double>& values) {
    resamples_.fill(round, drawn);
    for (std::size_t i = 0; i < restricted.size(); ++i) restricted[i] = drawn[rows_[i]];
    metric_.evaluate(whole_ ? drawn : restricted, values);
    for (std::size_t v = 0; v < values.size(); ++v) results_[v][round] = values[v];
  }

  const PreparedMetric& metric_;
  const Resamples& resamples_;
  std::span<const std::size_t> rows_;
  bool whole_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;
  std::exception_ptr failure_;
  std::vector<std::vector<double>> results_;
};

}  // namespace

std::vector<std::vector<double>> bootstrap_rounds(const PreparedMetric& metric, const Resamples& resamples,
                                                  std::span<const std::size_t> scored_rows, unsigned threads) {
  resamples.units_among(scored_rows);  // checks the rows
  Run run(metric, resamples, scored_rows);
  run.on_threads(threads);
  return run.take_results();
}

std::vector<Interval> bootstrap(const PreparedMetric& metric, const Resamples& resamples,
                                std::span<const std::size_t> scored_rows, const BootstrapOptions& options) {
  const bool spread_is_known = resamples.units_among(scored_rows) >= 2;
  auto rounds = bootstrap_rounds(metric, resamples, scored_rows, options.threads);
  std::vector<double> values(rounds.size());
  metric.evaluate(std::vector<std::uint32_t>(scored_rows.size(), 1U), values);
  std::vector<Interval> intervals;
  for (std::size_t v = 0; v < rounds.size(); ++v) {
    Interval interval = summarise(std::move(rounds[v]), options.confidence);
    interval.value = values[v];
    if (!spread_is_known) {
      interval.std = interval.low = interval.high = std::numeric_limits<double>::quiet_NaN();
    }
    intervals.push_back(interval);
  }
  return intervals;
}

}  // namespace medvlm
