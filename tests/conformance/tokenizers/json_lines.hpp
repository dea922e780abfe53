// Goldens that are lines of JSON, compressed.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace medvlm::test {

inline std::vector<nlohmann::json> read_json_lines(const std::filesystem::path& file) {
  gzFile in = gzopen(file.c_str(), "rb");
  if (!in) throw std::runtime_error("cannot open " + file.string());
  std::string text;
  char block[1 << 16];
  for (int count = 0; (count = gzread(in, block, sizeof block)) > 0;) {
    text.append(block, static_cast<std::size_t>(count));
  }
  gzclose(in);
  std::vector<nlohmann::json> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(nlohmann::json::parse(text.begin() + static_cast<std::ptrdiff_t>(begin),
                                          text.begin() + static_cast<std::ptrdiff_t>(end)));
    begin = end + 1;
  }
  return lines;
}

}  // namespace medvlm::test
