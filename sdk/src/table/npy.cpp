#include "medvlm/sdk/table/npy.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include <c10/util/Half.h>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::sdk {
namespace {

template <typename T>
T load(const char* at, bool swapped) {
  std::array<char, sizeof(T)> raw;
  std::memcpy(raw.data(), at, sizeof(T));
  if (swapped) std::reverse(raw.begin(), raw.end());
  return std::bit_cast<T>(raw);
}

std::int64_t load_integer(const char* at, const NpyHeader& header) {
  switch (header.item_bytes) {
    case 1: return load<std::int8_t>(at, false);
    case 2: return load<std::int16_t>(at, header.swapped);
    case 4: return load<std::int32_t>(at, header.swapped);
    default: return load<std::int64_t>(at, header.swapped);
  }
}

std::uint64_t load_unsigned(const char* at, const NpyHeader& header) {
  switch (header.item_bytes) {
    case 1: return load<std::uint8_t>(at, false);
    case 2: return load<std::uint16_t>(at, header.swapped);
    case 4: return load<std::uint32_t>(at, header.swapped);
    default: return load<std::uint64_t>(at, header.swapped);
  }
}

double load_real(const char* at, const NpyHeader& header) {
  switch (header.item_bytes) {
    case 2: return static_cast<float>(c10::Half(load<std::uint16_t>(at, header.swapped), c10::Half::from_bits()));
    case 4: return load<float>(at, header.swapped);
    default: return load<double>(at, header.swapped);
  }
}

std::vector<std::int64_t> dense_byte_strides(const NpyHeader& header) {
  std::vector<std::int64_t> strides(header.shape.size());
  auto step = static_cast<std::int64_t>(header.item_bytes);
  for (std::size_t k = 0; k < strides.size(); ++k) {
    const std::size_t axis = header.fortran_order ? k : strides.size() - 1 - k;
    strides[axis] = step;
    step *= std::max<std::int64_t>(header.shape[axis], 1);
  }
  return strides;
}

std::string kind_name(const NpyHeader& header) {
  const std::string bits = std::to_string(header.item_bytes * 8);
  switch (header.kind) {
    case NpyKind::boolean: return "bool";
    case NpyKind::integer: return "int" + bits;
    case NpyKind::unsigned_integer: return "uint" + bits;
    case NpyKind::real: return "float" + bits;
    case NpyKind::bytes: return "byte text";
    case NpyKind::unicode: return "text";
  }
  return "unknown";
}

}  // namespace

NpyArray::NpyArray(std::shared_ptr<const void> owner, std::string_view bytes, std::string label)
    : owner_(std::move(owner)), label_(std::move(label)), header_(parse_npy_header(bytes, label_)) {
  const std::uint64_t held = bytes.size() - header_.begin;
  const std::uint64_t promised = header_.count * header_.item_bytes;
  if (held != promised) {
    fail("its header promises " + std::to_string(promised) + " bytes of elements, and it holds " +
         std::to_string(held) + "; the file is damaged, download it again");
  }
  data_ = bytes.data() + header_.begin;
  strides_ = dense_byte_strides(header_);
}

void NpyArray::fail(const std::string& complaint) const { throw Error(ErrorCode::data, label_ + ": " + complaint); }

std::string NpyArray::description() const {
  std::string sizes;
  for (const std::int64_t size : header_.shape) sizes += (sizes.empty() ? "" : ", ") + std::to_string(size);
  return kind_name(header_) + " array of shape (" + sizes + (header_.shape.size() == 1 ? ",)" : ")");
}

NpyArray NpyArray::item(std::int64_t index) const {
  if (header_.shape.empty() || index < 0 || index >= header_.shape[0]) {
    throw Error(ErrorCode::internal, label_ + ": there is no item " + std::to_string(index) + " in a " + description());
  }
  NpyArray item = *this;
  item.data_ += index * strides_[0];
  item.header_.count /= static_cast<std::uint64_t>(header_.shape[0]);
  item.header_.shape.erase(item.header_.shape.begin());
  item.strides_.erase(item.strides_.begin());
  return item;
}

/// Calls visit(address) for every element, last index fastest.
template <typename Visit>
void NpyArray::each(Visit visit) const {
  if (header_.count == 0) return;
  const auto& shape = header_.shape;
  std::vector<std::int64_t> index(shape.size(), 0);
  const char* at = data_;
  for (;;) {
    visit(at);
    std::size_t axis = shape.size();
    for (; axis > 0; --axis) {
      at += strides_[axis - 1];
      if (++index[axis - 1] < shape[axis - 1]) break;
      at -= strides_[axis - 1] * shape[axis - 1];
      index[axis - 1] = 0;
    }
    if (axis == 0) return;
  }
}

std::vector<std::uint8_t> NpyArray::bytes() const {
  if (header_.kind != NpyKind::unsigned_integer || header_.item_bytes != 1) {
    fail("is a " + description() + "; expected uint8");
  }
  std::vector<std::uint8_t> values(header_.count);
  if (!header_.fortran_order) {  // items of such an array are dense, too
    if (!values.empty()) std::memcpy(values.data(), data_, values.size());
    return values;
  }
  std::size_t next = 0;
  each([&](const char* at) { values[next++] = static_cast<std::uint8_t>(*at); });
  return values;
}

std::vector<std::int64_t> NpyArray::integers() const {
  if (header_.kind == NpyKind::bytes || header_.kind == NpyKind::unicode) {
    fail("is a " + description() + "; expected integers");
  }
  std::vector<std::int64_t> values;
  values.reserve(header_.count);
  each([&](const char* at) {
    if (header_.kind == NpyKind::integer) {
      values.push_back(load_integer(at, header_));
    } else if (header_.kind == NpyKind::real) {
      const double value = load_real(at, header_);
      if (!(std::abs(value) <= 0x1p53) || value != std::trunc(value)) {
        fail("element " + std::to_string(values.size()) + " is " + std::to_string(value) + "; expected integers");
      }
      values.push_back(static_cast<std::int64_t>(value));
    } else {
      const std::uint64_t value = load_unsigned(at, header_);
      if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        fail("element " + std::to_string(values.size()) + " is beyond 63 bits");
      }
      if (header_.kind == NpyKind::boolean && value > 1) {
        fail("element " + std::to_string(values.size()) + " is no boolean; the file is damaged, download it again");
      }
      values.push_back(static_cast<std::int64_t>(value));
    }
  });
  return values;
}

std::vector<double> NpyArray::numbers() const {
  std::vector<double> values;
  values.reserve(header_.count);
  if (header_.kind == NpyKind::real) {
    each([&](const char* at) { values.push_back(load_real(at, header_)); });
  } else if (header_.kind == NpyKind::unsigned_integer) {
    each([&](const char* at) { values.push_back(static_cast<double>(load_unsigned(at, header_))); });
  } else {
    for (const std::int64_t value : integers()) values.push_back(static_cast<double>(value));
  }
  return values;
}

std::vector<std::string> NpyArray::texts() const {
  if (header_.kind != NpyKind::bytes && header_.kind != NpyKind::unicode) {
    fail("is a " + description() + "; expected texts");
  }
  std::vector<std::string> values;
  values.reserve(header_.count);
  each([&](const char* at) {
    std::string text;
    if (header_.kind == NpyKind::bytes) {
      text.assign(at, header_.item_bytes);
    } else {
      for (std::size_t i = 0; i < header_.item_bytes; i += 4) {
        const auto code = load<std::uint32_t>(at + i, header_.swapped);
        if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
          fail("element " + std::to_string(values.size()) + " holds " + std::to_string(code) +
               ", which is no character; the file is damaged, download it again");
        }
        append_utf8(text, code);
      }
    }
    text.erase(text.find_last_not_of('\0') + 1);
    values.push_back(std::move(text));
  });
  return values;
}

NpyArray parse_npy(std::string bytes, const std::string& label) {
  const auto owner = std::make_shared<const std::string>(std::move(bytes));
  return NpyArray(owner, *owner, label);
}

NpyArray read_npy(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) {
    throw Error(ErrorCode::data, file.string() + ": the file does not exist");
  }
  const auto mapping = std::make_shared<const MappedFile>(file);
  return NpyArray(mapping, mapping->bytes(), file.string());
}

}  // namespace medvlm::sdk
