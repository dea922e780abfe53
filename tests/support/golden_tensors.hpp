// Reads the goldens' safetensors files, plain or gzipped, into memory. For tests only: every fault is an exception.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/ATen.h>
#include <nlohmann/json.hpp>

#include "checks.hpp"
#include "goldens_folder.hpp"

namespace medvlm::test {

/// The whole file; one that ends in ".gz" is unpacked.
inline std::string read_golden_file(const std::filesystem::path& file) {
  if (file.extension() != ".gz") {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw std::runtime_error("cannot read " + file.string());
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  gzFile stream = gzopen(file.c_str(), "rb");
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  std::string content;
  std::vector<char> part(1 << 20);
  int count = 0;
  while ((count = gzread(stream, part.data(), static_cast<unsigned>(part.size()))) > 0) {
    content.append(part.data(), static_cast<std::size_t>(count));
  }
  const bool complete = count == 0 && gzclose(stream) == Z_OK;
  if (!complete) throw std::runtime_error("damaged gzip file " + file.string());
  return content;
}

inline nlohmann::json read_golden_json(const std::filesystem::path& file) {
  return nlohmann::json::parse(read_golden_file(file));
}

/// All tensors of one safetensors file.
class GoldenTensors {
 public:
  struct Entry {
    std::string dtype;  ///< as in the file: "U8", "F32", "I64", ...
    std::vector<std::int64_t> shape;
    std::string_view bytes;
  };

  explicit GoldenTensors(const std::filesystem::path& file) : content_(read_golden_file(file)) {
    std::uint64_t header = 0;
    if (content_.size() < 8) throw std::runtime_error("too short: " + file.string());
    std::memcpy(&header, content_.data(), 8);
    if (header > content_.size() - 8) throw std::runtime_error("too short: " + file.string());
    const std::string_view all = content_;
    const std::string_view data = all.substr(8 + header);
    const nlohmann::json index = nlohmann::json::parse(all.substr(8, header));
    for (const auto& [name, value] : index.items()) {
      if (name == "__metadata__") continue;
      const std::uint64_t begin = value["data_offsets"][0];
      const std::uint64_t end = value["data_offsets"][1];
      if (begin > end || end > data.size()) throw std::runtime_error("bad offsets of " + name);
      entries_[name] = {value["dtype"], value["shape"], data.substr(begin, end - begin)};
    }
  }
  GoldenTensors(const GoldenTensors&) = delete;  // the entries point into content_
  GoldenTensors& operator=(const GoldenTensors&) = delete;

  bool has(const std::string& name) const { return entries_.contains(name); }
  const std::map<std::string, Entry>& entries() const { return entries_; }

  const Entry& entry(const std::string& name) const {
    const auto it = entries_.find(name);
    if (it == entries_.end()) throw std::runtime_error("no golden tensor " + name);
    return it->second;
  }

  /// A copy as a tensor on the CPU.
  at::Tensor tensor(const std::string& name) const {
    const Entry& found = entry(name);
    at::Tensor out = at::empty(found.shape, scalar_type(found.dtype));
    if (out.nbytes() != found.bytes.size()) throw std::runtime_error("size of " + name + " does not match its shape");
    if (!found.bytes.empty()) std::memcpy(out.mutable_data_ptr(), found.bytes.data(), found.bytes.size());
    return out;
  }

 private:
  static at::ScalarType scalar_type(const std::string& dtype) {
    static const std::map<std::string, at::ScalarType> types{
        {"F64", at::kDouble}, {"F32", at::kFloat}, {"F16", at::kHalf}, {"BF16", at::kBFloat16},
        {"I64", at::kLong},   {"I32", at::kInt},   {"I16", at::kShort}, {"I8", at::kChar},
        {"U8", at::kByte},    {"BOOL", at::kBool}, {"U16", at::kUInt16}};
    const auto it = types.find(dtype);
    if (it == types.end()) throw std::runtime_error("golden dtype " + dtype + " is not supported");
    return it->second;
  }

  std::string content_;
  std::map<std::string, Entry> entries_;
};

}  // namespace medvlm::test
