// Runs a metric over all resamples on all cores.
#include "medvlm/core/bootstrap.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <mutex>
#include <string>
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

using Places = std::vector<std::size_t>;

// One run over the rounds; each round writes its own places of `results`, so the outcome does not depend on who ran it.
class Run {
 public:
  // Without subsets, everything that is scored is the only one.
  Run(const PreparedMetric& metric, const Resamples& resamples, std::span<const std::size_t> rows,
      std::span<const Places> subsets)
      : metric_(metric), resamples_(resamples), rows_(rows), subsets_(subsets),
        whole_(is_whole_test_set(rows, resamples.samples())),
        results_(std::max<std::size_t>(1, subsets.size()),
                 {metric.values().size(), std::vector<double>(resamples.rounds())}) {}

  void on_threads(unsigned wanted) {
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t threads = std::min<std::size_t>(wanted == 0 ? cores : wanted, resamples_.rounds());
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back([this] { work(); });
    work();
    others.clear();
    if (failure_) std::rethrow_exception(failure_);
  }

  std::vector<std::vector<std::vector<double>>> take_results() { return std::move(results_); }

 private:
  // What one thread works with.
  struct Buffers {
    std::vector<std::uint32_t> drawn, restricted, masked;
    std::vector<double> values;
  };

  // An exception must not leave a thread; the first one is kept and ends the other threads early.
  void work() noexcept {
    try {
      Buffers buffers{std::vector<std::uint32_t>(resamples_.samples()),
                      std::vector<std::uint32_t>(whole_ ? 0 : rows_.size()),
                      std::vector<std::uint32_t>(subsets_.empty() ? 0 : rows_.size()),
                      std::vector<double>(metric_.values().size())};
      for (std::size_t round = next_++; round < resamples_.rounds(); round = next_++) one_round(round, buffers);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      next_ = resamples_.rounds();
    }
  }

  void one_round(std::size_t round, Buffers& buffers) {
    resamples_.fill(round, buffers.drawn);
    for (std::size_t i = 0; i < buffers.restricted.size(); ++i) buffers.restricted[i] = buffers.drawn[rows_[i]];
    const std::vector<std::uint32_t>& scored = whole_ ? buffers.drawn : buffers.restricted;
    if (subsets_.empty()) return keep(0, round, scored, buffers.values);
    for (std::size_t s = 0; s < subsets_.size(); ++s) {
      for (const std::size_t place : subsets_[s]) buffers.masked[place] = scored[place];
      keep(s, round, buffers.masked, buffers.values);
      for (const std::size_t place : subsets_[s]) buffers.masked[place] = 0;
    }
  }

  void keep(std::size_t subset, std::size_t round, std::span<const std::uint32_t> multiplicity,
            std::vector<double>& values) {
    metric_.evaluate(multiplicity, values);
    for (std::size_t v = 0; v < values.size(); ++v) results_[subset][v][round] = values[v];
  }

  const PreparedMetric& metric_;
  const Resamples& resamples_;
  std::span<const std::size_t> rows_;
  std::span<const Places> subsets_;
  bool whole_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;
  std::exception_ptr failure_;
  std::vector<std::vector<std::vector<double>>> results_;  // by subset, value, round
};

}  // namespace

std::vector<std::vector<double>> bootstrap_rounds(const PreparedMetric& metric, const Resamples& resamples,
                                                  std::span<const std::size_t> scored_rows, unsigned threads) {
  resamples.units_among(scored_rows);  // checks the rows
  Run run(metric, resamples, scored_rows, {});
  run.on_threads(threads);
  return std::move(run.take_results().front());
}

std::vector<std::vector<std::vector<double>>> bootstrap_subset_rounds(
    const PreparedMetric& metric, const Resamples& resamples, std::span<const std::size_t> scored_rows,
    std::span<const std::vector<std::size_t>> subsets, unsigned threads) {
  if (subsets.empty()) return {};
  resamples.units_among(scored_rows);  // checks the rows
  for (const Places& subset : subsets) {
    for (const std::size_t place : subset) {
      if (place < scored_rows.size()) continue;
      throw Error(ErrorCode::internal, "a subset has place " + std::to_string(place) + " of " +
                                           std::to_string(scored_rows.size()) + " scored samples");
    }
  }
  Run run(metric, resamples, scored_rows, subsets);
  run.on_threads(threads);
  return run.take_results();
}

std::vector<Interval> bootstrap_intervals(const PreparedMetric& metric, const Resamples& resamples,
                                          std::span<const std::size_t> scored_rows,
                                          const std::vector<std::vector<double>>& rounds, double confidence) {
  const bool spread_is_known = resamples.units_among(scored_rows) >= 2;
  std::vector<double> values(rounds.size());
  metric.evaluate(std::vector<std::uint32_t>(scored_rows.size(), 1U), values);
  std::vector<Interval> intervals;
  for (std::size_t v = 0; v < rounds.size(); ++v) {
    Interval interval = summarise(rounds[v], confidence);
    interval.value = values[v];
    if (!spread_is_known) {
      interval.std = interval.low = interval.high = std::numeric_limits<double>::quiet_NaN();
    }
    intervals.push_back(interval);
  }
  return intervals;
}

std::vector<Interval> bootstrap(const PreparedMetric& metric, const Resamples& resamples,
                                std::span<const std::size_t> scored_rows, const BootstrapOptions& options) {
  const auto rounds = bootstrap_rounds(metric, resamples, scored_rows, options.threads);
  return bootstrap_intervals(metric, resamples, scored_rows, rounds, options.confidence);
}

}  // namespace medvlm
