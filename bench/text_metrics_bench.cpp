// Times BLEU, ROUGE and word overlap of answers with their bootstrap: scores of every answer, resamples, intervals.
// Same answers as bench/peers/text_metrics_peer.py (the values on the full set, which both print, are equal).
//
//   medvlm_bench_text_metrics [n=6719] [rounds=1000] [repeats=5] [threads=0: all]
#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <string>
#include <thread>

#include "medvlm/base/plugin_abi.hpp"
#include "medvlm/base/random.hpp"
#include "medvlm/core/bootstrap.hpp"

namespace {

using namespace medvlm;

constexpr std::array kWords = {
    "the",    "a",      "left",  "right",    "lung",     "heart",     "normal",  "no",      "yes",         "mass",
    "in",     "of",     "upper", "lower",    "lobe",     "effusion",  "pleural", "acute",   "chronic",     "cells",
    "tissue", "region", "two",   "increased", "density", "x-ray",     "shows",   "seen",    "consolidation", "edema"};

std::unique_ptr<Metric> load_metric(const std::string& id, Value::Table options) {
  const std::string file = std::string(MEDVLM_PLUGIN_FOLDER) + "/medvlm-metric-" + id + ".so";
  void* const library = dlopen(file.c_str(), RTLD_NOW);
  void* const query = library == nullptr ? nullptr : dlsym(library, kPluginQueryName);
  if (query == nullptr) throw Error(ErrorCode::plugin, dlerror());
  const PluginDescriptor* const plugin = reinterpret_cast<PluginQuery>(query)();
  return std::unique_ptr<Metric>(static_cast<Metric*>(plugin->create(Options(std::move(options)))));
}

struct Data {
  std::vector<Sample> samples;
  std::vector<Prediction> predictions;
  std::vector<Scored> scored;
};

std::string sentence(Splitmix64& random, std::uint32_t words) {
  std::string text;
  for (std::uint32_t i = 0; i < words; ++i) {
    if (i > 0) text += ' ';
    text += kWords[random.below(kWords.size())];
  }
  return text;
}

// Half of the answers begin with their reference. The peer makes the same texts.
Data make_data(std::size_t n) {
  Data data{std::vector<Sample>(n), std::vector<Prediction>(n), {}};
  Splitmix64 random(20240611);
  for (std::size_t i = 0; i < n; ++i) {
    data.samples[i].open = random.below(2) == 1;
    const std::uint32_t reference_words = 1 + random.below(6);
    data.samples[i].answer = sentence(random, reference_words);
    const bool begins = random.below(2) == 1;
    const std::uint32_t more_words = 1 + random.below(10);
    const std::string more = sentence(random, more_words);
    data.predictions[i].text = begins ? data.samples[i].answer + " " + more : more;
  }
  for (std::size_t i = 0; i < n; ++i) data.scored.push_back({&data.samples[i], &data.predictions[i]});
  return data;
}

using Found = std::vector<std::pair<std::string, Interval>>;

/// All values of all metrics, made from the texts.
Found score(const std::vector<std::unique_ptr<Metric>>& metrics, const Data& data, const BootstrapOptions& options) {
  DatasetInfo info;
  info.task = Task::vqa;
  std::vector<std::size_t> rows(data.scored.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  Found found;
  for (const auto& metric : metrics) {
    const auto prepared = metric->prepare({info, data.scored});
    const auto intervals = bootstrap(*prepared, Resamples(rows.size(), {}, options), rows, options);
    for (std::size_t v = 0; v < intervals.size(); ++v) found.emplace_back(prepared->values()[v].name, intervals[v]);
  }
  return found;
}

void print_value(const Found& found, const char* name) {
  const auto at = std::find_if(found.begin(), found.end(), [&](const auto& each) { return each.first == name; });
  if (at == found.end()) throw Error(ErrorCode::internal, std::string("no value ") + name);
  std::printf(", \"%s\": %.9f", name, at->second.value);
}

int run(int argc, char** argv) {
  const auto argument = [&](int i, long otherwise) { return argc > i ? std::strtol(argv[i], nullptr, 10) : otherwise; };
  const auto n = static_cast<std::size_t>(argument(1, 6719));
  BootstrapOptions options;
  options.rounds = static_cast<int>(argument(2, 1000));
  const long repeats = std::max(1L, argument(3, 5));
  options.threads = static_cast<unsigned>(argument(4, 0));

  const Data data = make_data(n);
  std::vector<std::unique_ptr<Metric>> metrics;
  metrics.push_back(load_metric("token_f1", {}));
  metrics.push_back(load_metric("bleu", {{"tokens", Value("normalised")}}));
  metrics.push_back(load_metric("rouge", {{"text", Value("normalised")}, {"stem", Value(false)}}));

  std::vector<double> seconds;
  Found found;
  for (long repeat = 0; repeat < repeats; ++repeat) {
    const auto start = std::chrono::steady_clock::now();
    found = score(metrics, data, options);
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(seconds.begin(), seconds.end());
  const unsigned threads = options.threads == 0 ? std::thread::hardware_concurrency() : options.threads;
  std::printf("{\"program\": \"medvlm\", \"task\": \"text_metrics_bootstrap\", \"n\": %zu, \"rounds\": %d, "
              "\"threads\": %u, \"repeats\": %ld, \"median_seconds\": %.6f, \"min_seconds\": %.6f, "
              "\"max_seconds\": %.6f",
              n, options.rounds, threads, repeats, seconds[seconds.size() / 2], seconds.front(), seconds.back());
  print_value(found, "token_f1");
  print_value(found, "token_f1[open]");
  print_value(found, "bleu1");
  print_value(found, "bleu4");
  print_value(found, "sentence_bleu1");
  print_value(found, "sentence_bleu4");
  print_value(found, "rougeL");
  print_value(found, "rougeL_recall");
  std::printf("}\n");
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
