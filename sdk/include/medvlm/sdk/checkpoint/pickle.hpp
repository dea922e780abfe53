// Restricted reader of `pytorch_model.bin`: understands the pickles of state dictionaries and executes nothing.
#pragma once

#include <map>

#include "medvlm/sdk/checkpoint/tensor_file.hpp"

namespace medvlm {
class MappedFile;
}

namespace medvlm::sdk {

/// A dictionary from text to tensors written by `torch.save` (the zip form, PyTorch 1.6 and later).
/// A pickle may name any Python function to be called; this reader knows the few that build tensors and dictionaries
/// and refuses the others by name. Strides and offsets are honoured after a check against the storage.
/// The archive's checksums are not verified, because PyTorch can be told to write other values in their place.
class MEDVLM_API TorchPickle final : public TensorFile {
 public:
  /// Throws Error(checkpoint) that names the file, the place and the cure, or Error(io).
  explicit TorchPickle(const std::filesystem::path& file);
  ~TorchPickle() override;

  const std::filesystem::path& path() const override { return path_; }
  std::vector<std::string> names() const override;
  bool has(std::string_view name) const override;
  TensorInfo info(std::string_view name) const override;
  at::Tensor tensor(std::string_view name) const override;

 private:
  struct Entry {
    TensorInfo info;
    std::vector<std::int64_t> strides;  ///< in elements
    std::uint64_t first_byte = 0;       ///< of the first element, from the start of the file
    std::uint64_t span_bytes = 0;       ///< from the first element's first byte to the last one's end
  };
  const Entry& entry(std::string_view name) const;

  std::filesystem::path path_;
  std::shared_ptr<MappedFile> mapping_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace medvlm::sdk
