// Decode + resize + normalise of the files named in a list, on one thread. Prints JSON: median milliseconds per image.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "medvlm/base/files.hpp"
#include "medvlm/sdk/image/decode.hpp"
#include "medvlm/sdk/image/processor.hpp"

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s FILES.txt preprocessor_config.json REPEATS\n", argv[0]);
    return 2;
  }
  std::vector<std::string> files;
  std::ifstream list(argv[1]);
  for (std::string line; std::getline(list, line);) files.push_back(medvlm::read_file(line));
  const medvlm::sdk::ImageProcessor processor(medvlm::read_file(argv[2]), argv[2]);
  std::vector<double> times;
  double sum = 0;
  for (int repeat = 0; repeat < std::atoi(argv[3]); ++repeat) {
    const auto start = std::chrono::steady_clock::now();
    for (const std::string& bytes : files) {
      sum += processor(medvlm::sdk::decode_image(bytes, "bench")).const_data_ptr<float>()[0];
    }
    const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - start;
    times.push_back(elapsed.count() / double(files.size()));
  }
  std::sort(times.begin(), times.end());
  std::printf("{\"images\": %zu, \"median_ms\": %.4f, \"checksum\": %.6f}\n", files.size(), times[times.size() / 2], sum);
}
