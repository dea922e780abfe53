// Reader of the safetensors format: a JSON header over one block of raw values, memory-mapped.
#pragma once

#include <map>

#include "medvlm/sdk/checkpoint/tensor_file.hpp"

namespace medvlm {
class MappedFile;
}

namespace medvlm::sdk {

/// Every rule of the format is checked when the file is opened; nothing is allocated in proportion to what it claims.
class MEDVLM_API Safetensors final : public TensorFile {
 public:
  /// Throws Error(checkpoint) that names the file, the tensor and the rule that is broken, or Error(io).
  explicit Safetensors(const std::filesystem::path& file);
  ~Safetensors() override;

  const std::filesystem::path& path() const override { return path_; }
  std::vector<std::string> names() const override;
  bool has(std::string_view name) const override;
  TensorInfo info(std::string_view name) const override;
  at::Tensor tensor(std::string_view name) const override;
  /// The header's `__metadata__`.
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

 private:
  struct Entry {
    TensorInfo info;
    std::uint64_t begin = 0;  ///< bytes from the start of the data block
    std::uint64_t end = 0;
  };
  const Entry& entry(std::string_view name) const;
  std::string_view read_header();
  void add_entries(std::string_view header);
  void check_coverage() const;

  std::filesystem::path path_;
  std::shared_ptr<MappedFile> mapping_;
  std::uint64_t data_begin_ = 0;
  std::uint64_t data_size_ = 0;
  std::map<std::string, Entry, std::less<>> entries_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace medvlm::sdk
