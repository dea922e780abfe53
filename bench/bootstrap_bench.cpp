// Times the AUROC bootstrap: resamples, evaluation and interval. Same data as bench/peers/bootstrap_peer.py.
//
//   medvlm_bench_bootstrap [n=20000] [rounds=1000] [repeats=11] [threads=0: all] [decimals=0: scores as they are]
#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <thread>

#include "medvlm/base/plugin_abi.hpp"
#include "medvlm/base/random.hpp"
#include "medvlm/core/bootstrap.hpp"

namespace {

using namespace medvlm;

std::unique_ptr<Metric> load_auroc() {
  const std::string file = std::string(MEDVLM_PLUGIN_FOLDER) + "/medvlm-metric-auroc.so";
  void* const library = dlopen(file.c_str(), RTLD_NOW);
  void* const query = library == nullptr ? nullptr : dlsym(library, kPluginQueryName);
  if (query == nullptr) throw Error(ErrorCode::plugin, dlerror());
  const PluginDescriptor* const plugin = reinterpret_cast<PluginQuery>(query)();
  return std::unique_ptr<Metric>(static_cast<Metric*>(plugin->create(Options({{"average", Value("macro_present")}}))));
}

struct Data {
  std::vector<Sample> samples;
  std::vector<Prediction> predictions;
  std::vector<Scored> scored;
};

// Every fourth sample or so is positive, and its score is a little higher. The peer makes the same numbers.
Data make_data(std::size_t n, int decimals) {
  Data data{std::vector<Sample>(n), std::vector<Prediction>(n), {}};
  Splitmix64 generator(20240611);
  const double scale = std::pow(10.0, decimals);
  for (std::size_t i = 0; i < n; ++i) {
    const bool positive = generator.uniform() < 0.25;
    double score = 0.8 * generator.uniform() + (positive ? 0.2 : 0.0);
    if (decimals > 0) score = std::floor(score * scale) / scale;
    data.samples[i].label = positive ? 1 : 0;
    data.predictions[i].scores = {1 - score, score};
    data.scored.push_back({&data.samples[i], &data.predictions[i]});
  }
  return data;
}

int run(int argc, char** argv) {
  const auto argument = [&](int i, long otherwise) { return argc > i ? std::strtol(argv[i], nullptr, 10) : otherwise; };
  const auto n = static_cast<std::size_t>(argument(1, 20000));
  BootstrapOptions options;
  options.rounds = static_cast<int>(argument(2, 1000));
  const long repeats = std::max(1L, argument(3, 11));
  options.threads = static_cast<unsigned>(argument(4, 0));
  const int decimals = static_cast<int>(argument(5, 0));

  const Data data = make_data(n, decimals);
  DatasetInfo info;
  info.classes = {{"negative", "", ""}, {"positive", "", ""}};
  const auto metric = load_auroc();
  std::vector<std::size_t> rows(n);
  std::iota(rows.begin(), rows.end(), std::size_t{0});

  std::vector<double> seconds;
  Interval interval;
  for (long repeat = 0; repeat < repeats; ++repeat) {
    const auto start = std::chrono::steady_clock::now();
    const auto prepared = metric->prepare({info, data.scored});  // sorting is part of the work
    interval = bootstrap(*prepared, Resamples(n, {}, options), rows, options).at(0);
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(seconds.begin(), seconds.end());
  const unsigned threads = options.threads == 0 ? std::thread::hardware_concurrency() : options.threads;
  std::printf("{\"program\": \"medvlm\", \"task\": \"auroc_bootstrap\", \"n\": %zu, \"rounds\": %d, \"threads\": %u, "
              "\"decimals\": %d, \"repeats\": %ld, \"median_seconds\": %.6f, \"min_seconds\": %.6f, "
              "\"max_seconds\": %.6f, \"auroc\": %.17g, \"low\": %.6f, \"high\": %.6f}\n",
              n, options.rounds, threads, decimals, repeats, seconds[seconds.size() / 2], seconds.front(),
              seconds.back(), interval.value, interval.low, interval.high);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
