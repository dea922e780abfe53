// numpy's arrays in .npy form (numpy/lib/format.py, versions 1 to 3): header, elements, items.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk {

/// What an element is.
enum class NpyKind { boolean, integer, unsigned_integer, real, bytes, unicode };

/// What stands before the elements.
struct NpyHeader {
  std::string type;                 ///< as written: "|u1", "<f8", ">U12"
  NpyKind kind = NpyKind::boolean;
  std::size_t item_bytes = 1;       ///< of one element
  bool swapped = false;             ///< the bytes of a number or character are in the other order than here
  bool fortran_order = false;       ///< the first index runs fastest
  std::vector<std::int64_t> shape;  ///< empty: one element
  std::uint64_t begin = 0;          ///< where the elements begin
  std::uint64_t count = 1;          ///< elements
};

/// Parses the header at the beginning of a .npy file; the elements need not be there. `label` names the file and the
/// array in messages. Throws Error(data) for anything but a well-formed header, and for objects (pickles, which could
/// execute code), records, complex numbers and times.
MEDVLM_API NpyHeader parse_npy_header(std::string_view bytes, const std::string& label);

/// An array that is read but not changed. Copies share the elements; reading is safe from several threads.
class MEDVLM_API NpyArray {
 public:
  /// `bytes` is a whole .npy file that lives as long as `owner`. Throws Error(data), beginning with `label`, for a bad
  /// header and for more or fewer elements than it promises.
  NpyArray(std::shared_ptr<const void> owner, std::string_view bytes, std::string label);

  const std::string& type() const { return header_.type; }
  NpyKind kind() const { return header_.kind; }
  std::size_t item_bytes() const { return header_.item_bytes; }
  const std::vector<std::int64_t>& shape() const { return header_.shape; }
  /// The number of elements.
  std::uint64_t size() const { return header_.count; }
  /// "uint8 array of shape (3, 28, 28)", for messages.
  std::string description() const;

  /// array[index] along the first axis, without a copy. Throws Error(internal) out of range or without axes.
  NpyArray item(std::int64_t index) const;

  /// The elements, last index fastest, whatever the order in the file. Throws Error(data) for another kind.
  std::vector<std::uint8_t> bytes() const;     ///< uint8 only
  std::vector<std::int64_t> integers() const;  ///< booleans, integers, and floats that are whole numbers
  std::vector<double> numbers() const;         ///< booleans, integers (rounded beyond 2^53), floats of 2, 4, 8 bytes
  std::vector<std::string> texts() const;      ///< UTF-8; zeros at the end are padding. Byte texts as they are.

 private:
  template <typename Visit>
  void each(Visit visit) const;
  [[noreturn]] void fail(const std::string& complaint) const;

  std::shared_ptr<const void> owner_;
  std::string label_;
  NpyHeader header_;
  const char* data_ = nullptr;
  std::vector<std::int64_t> strides_;  ///< in bytes
};

/// An array from the bytes of a .npy file. Throws Error(data).
MEDVLM_API NpyArray parse_npy(std::string bytes, const std::string& label);

/// An array over the mapped .npy file. Throws Error(data), also if it does not exist; Error(io).
MEDVLM_API NpyArray read_npy(const std::filesystem::path& file);

}  // namespace medvlm::sdk
