// Tensors over mapped bytes, for the readers.
#include "tensor_view.hpp"

#include <cstring>

#include <ATen/ATen.h>

#include "json_text.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/options.hpp"

namespace medvlm::sdk {
namespace {

void check_booleans(std::string_view bytes, const std::string& label) {
  for (const char value : bytes) {
    if (static_cast<unsigned char>(value) > 1) {
      throw Error(ErrorCode::checkpoint, label + ": holds a boolean that is neither 0 nor 1; the file is damaged");
    }
  }
}

}  // namespace

at::Tensor tensor_over(const std::shared_ptr<MappedFile>& mapping, const MappedValues& place, at::ScalarType dtype,
                       const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& strides,
                       const std::string& label) {
  const auto options = at::TensorOptions().dtype(dtype);
  if (place.span_bytes == 0) return at::empty(shape, options);
  const std::string_view values = mapping->bytes().substr(place.first_byte, place.span_bytes);
  if (dtype == at::kBool) check_booleans(values, label);
  const auto element = static_cast<std::int64_t>(c10::elementSize(dtype));
  if (reinterpret_cast<std::uintptr_t>(values.data()) % static_cast<std::uintptr_t>(element) == 0) {
    // LibTorch has no tensors that are read-only; whoever writes into this one ends the program.
    return at::from_blob(const_cast<char*>(values.data()), shape, strides, [mapping](void*) {}, options);
  }
  at::Tensor copy = at::empty({static_cast<std::int64_t>(values.size()) / element}, options);
  std::memcpy(copy.data_ptr(), values.data(), values.size());
  return copy.as_strided(shape, strides);
}

std::vector<std::int64_t> dense_strides(const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * std::max<std::int64_t>(shape[i], 1);
  return strides;
}

std::optional<std::uint64_t> checked_bytes(const std::vector<std::int64_t>& shape, std::uint64_t element_bytes) {
  std::int64_t bytes = static_cast<std::int64_t>(element_bytes);
  bool empty = false;
  for (const auto size : shape) {
    empty = empty || size == 0;
    if (size < 0 || __builtin_mul_overflow(bytes, std::max<std::int64_t>(size, 1), &bytes)) return std::nullopt;
  }
  return empty ? 0 : static_cast<std::uint64_t>(bytes);
}

std::string foreign_content_hint(std::string_view bytes) {
  if (bytes.starts_with("version https://git-lfs")) {
    return "is a Git LFS pointer, not the weights; fetch them with 'git lfs pull'";
  }
  const auto start = bytes.substr(0, 64);
  if (start.find("<!DOCTYPE") != start.npos || start.find("<html") != start.npos) {
    return "is an HTML page, not the weights; download the file itself";
  }
  return {};
}

void fail_unknown_tensor(const std::filesystem::path& file, std::string_view name,
                         const std::vector<std::string>& known) {
  std::string message = file.string() + ": holds no tensor " + in_quotes(name);
  if (const auto nearest = nearest_name(name, known)) message += "; did you mean " + in_quotes(*nearest) + "?";
  throw Error(ErrorCode::checkpoint, std::move(message));
}

}  // namespace medvlm::sdk
