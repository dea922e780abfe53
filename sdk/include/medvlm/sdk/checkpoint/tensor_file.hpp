// A file of named tensors: what the readers of all checkpoint formats offer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk {

/// What is known of a tensor before it is read.
struct TensorInfo {
  at::ScalarType dtype = at::kFloat;
  std::vector<std::int64_t> shape;
};

/// One open file of named tensors. Immutable once open; all members may be called from several threads.
class MEDVLM_API TensorFile {
 public:
  virtual ~TensorFile();
  TensorFile(const TensorFile&) = delete;
  TensorFile& operator=(const TensorFile&) = delete;

  /// Opens a `.safetensors` file, or a `.bin`, `.pt` or `.pth` file of `torch.save`; the name's ending decides.
  /// Throws Error(checkpoint), or Error(io) if the file cannot be opened.
  static std::shared_ptr<const TensorFile> open(const std::filesystem::path& file);

  virtual const std::filesystem::path& path() const = 0;
  /// Sorted.
  virtual std::vector<std::string> names() const = 0;
  virtual bool has(std::string_view name) const = 0;
  /// Throws Error(checkpoint) for an unknown name.
  virtual TensorInfo info(std::string_view name) const = 0;
  /// A CPU tensor over the mapped file (it keeps the mapping alive, which is read-only: clone() before writing), or a copy
  /// where the file does not align the values. Throws Error(checkpoint) for an unknown name or damaged values.
  virtual at::Tensor tensor(std::string_view name) const = 0;

 protected:
  TensorFile() = default;
};

/// "[2, 3]"
MEDVLM_API std::string shape_text(const std::vector<std::int64_t>& shape);

}  // namespace medvlm::sdk
