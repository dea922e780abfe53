// Reads the numeric arrays of a safetensors file as doubles: enough for the metric goldens.
#pragma once

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "medvlm/base/files.hpp"

namespace medvlm::test {

/// Every element type of these goldens (F64, F32, I64 below 2^53, I32) fits a double exactly.
class GoldenArrays {
 public:
  explicit GoldenArrays(const std::string& file) : bytes_(read_file(file)) {
    std::uint64_t length = 0;
    if (bytes_.size() < 8) throw std::runtime_error(file + " is too short");
    std::memcpy(&length, bytes_.data(), 8);
    if (length > bytes_.size() - 8) throw std::runtime_error(file + ": the header is cut off");
    header_ = nlohmann::json::parse(bytes_.substr(8, length));
    begin_ = 8 + length;
  }

  bool has(const std::string& name) const { return header_.contains(name); }

  std::vector<double> get(const std::string& name) const {
    const auto& entry = header_.at(name);
    const auto first = begin_ + entry.at("data_offsets")[0].get<std::uint64_t>();
    const auto last = begin_ + entry.at("data_offsets")[1].get<std::uint64_t>();
    if (first > last || last > bytes_.size()) throw std::runtime_error(name + " lies outside the file");
    const std::string_view data(bytes_.data() + first, last - first);
    const auto type = entry.at("dtype").get<std::string>();
    if (type == "F64") return widen<double>(data);
    if (type == "F32") return widen<float>(data);
    if (type == "I64") return widen<std::int64_t>(data);
    if (type == "I32") return widen<std::int32_t>(data);
    throw std::runtime_error(name + " has the unexpected type " + type);
  }

 private:
  template <typename T>
  static std::vector<double> widen(std::string_view data) {
    std::vector<T> typed(data.size() / sizeof(T));
    if (!typed.empty()) std::memcpy(typed.data(), data.data(), typed.size() * sizeof(T));
    return {typed.begin(), typed.end()};
  }

  std::string bytes_;
  nlohmann::json header_;
  std::size_t begin_ = 0;
};

}  // namespace medvlm::test
