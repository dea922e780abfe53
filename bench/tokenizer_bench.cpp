// How long a tokenizer takes to load, and how fast it is. Usage: medvlm_bench_tokenizer FILE_OR_FOLDER [TEXT_FILE].
// Prints JSON: the best of several loads in seconds, the file's size in MB and the tokens; with a text file also MB/s.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/sdk/text/tokenizer.hpp"

namespace {

using medvlm::sdk::Tokenizer;

double best_seconds(int times, const std::function<void()>& work) {
  double best = 1e9;
  for (int i = 0; i < times; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

Tokenizer load(const std::filesystem::path& path) {
  return std::filesystem::is_directory(path) ? Tokenizer::from_folder(path) : Tokenizer::from_file(path);
}

}  // namespace

int main(int count, char** arguments) try {
  if (count < 2) {
    std::fprintf(stderr, "usage: %s FILE_OR_FOLDER [TEXT_FILE]\n", arguments[0]);
    return 2;
  }
  const Tokenizer tokenizer = load(arguments[1]);
  const double seconds = best_seconds(5, [&] { load(arguments[1]); });
  const double megabytes = double(std::filesystem::file_size(tokenizer.path())) / 1e6;
  std::printf("{\"load_seconds\": %.3f, \"file_megabytes\": %.1f, \"tokens\": %lld", seconds, megabytes,
              static_cast<long long>(tokenizer.vocabulary_size()));
  if (count > 2) {
    const std::string text = medvlm::read_file(arguments[2]);
    const double encoding = best_seconds(5, [&] { tokenizer.encode(text); });
    std::printf(", \"encode_megabytes_per_second\": %.2f", double(text.size()) / 1e6 / encoding);
  }
  std::printf("}\n");
} catch (const medvlm::Error& error) {
  std::fprintf(stderr, "%s\n", error.message().c_str());
  return 1;
}
