// Tensors over mapped bytes, for the readers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

#include "medvlm/base/files.hpp"

namespace medvlm::sdk {

/// Where a tensor's values lie in a file, already checked against its size.
struct MappedValues {
  std::uint64_t first_byte = 0;
  std::uint64_t span_bytes = 0;
};

/// A view, or a copy where the file does not align the values for their type. `strides` in elements.
/// Throws Error(checkpoint), naming `label`, if a boolean is neither 0 nor 1.
at::Tensor tensor_over(const std::shared_ptr<MappedFile>& mapping, const MappedValues& place, at::ScalarType dtype,
                       const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& strides,
                       const std::string& label);

/// Strides of a dense row-major tensor.
std::vector<std::int64_t> dense_strides(const std::vector<std::int64_t>& shape);

/// Product of the sizes times `element_bytes`, sizes of 0 counted as 1 for the overflow check; nothing on overflow of
/// 63 bits, so that neither strides nor byte counts of the tensor can overflow.
std::optional<std::uint64_t> checked_bytes(const std::vector<std::int64_t>& shape, std::uint64_t element_bytes);

/// What the first bytes say when a file is not a weight file at all (a Git LFS pointer, an HTML page), with the cure;
/// empty if nothing is recognised.
std::string foreign_content_hint(std::string_view bytes);

/// Throws Error(checkpoint) for a name that `file` does not hold, with the nearest one that it does.
[[noreturn]] void fail_unknown_tensor(const std::filesystem::path& file, std::string_view name,
                                      const std::vector<std::string>& known);

}  // namespace medvlm::sdk
