// Reader of the safetensors format.
#include "medvlm/sdk/checkpoint/safetensors.hpp"

#include <cstring>

#include <ATen/ATen.h>

#include "complaint.hpp"
#include "json_text.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "safetensors_dtypes.hpp"
#include "tensor_view.hpp"

namespace medvlm::sdk {
namespace {

using nlohmann::json;

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kLongestHeader = 100'000'000;  // the format's own limit
constexpr std::size_t kMostDimensions = 64;
constexpr int kHeaderDepth = 3;  // the header, a tensor, its shape

at::ScalarType parse_dtype(const json& value, const std::string& place) {
  if (!value.is_string()) fail(place, "dtype: expected text, found " + json_type_name(value));
  const auto& name = value.get_ref<const std::string&>();
  for (const auto& known : kSafetensorsDtypes) {
    if (known.name == name) return known.dtype;
  }
  fail(place, "dtype: " + in_quotes(name) + " is not known here; convert the file to F32, F16 or BF16");
}

std::int64_t parse_size(const json& value, const std::string& place) {
  if (!value.is_number_integer()) fail(place, "expected an integer, found " + json_type_name(value));
  if (!value.is_number_unsigned() && value.get<std::int64_t>() < 0) fail(place, value.dump() + " is negative");
  if (value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) fail(place, value.dump() + " is too large");
  return value.get<std::int64_t>();
}

std::vector<std::int64_t> parse_sizes(const json& value, const std::string& place) {
  if (!value.is_array()) fail(place, "expected a list, found " + json_type_name(value));
  std::vector<std::int64_t> sizes;
  sizes.reserve(value.size());
  for (const auto& size : value) sizes.push_back(parse_size(size, place));
  return sizes;
}

const json& required(const json& table, const char* key, const std::string& place) {
  const auto found = table.find(key);
  if (found == table.end()) fail(place, "has no " + std::string(key));
  return *found;
}

std::map<std::string, std::string> parse_metadata(const json& value, const std::string& file) {
  if (!value.is_object()) fail(file, "__metadata__: expected a table, found " + json_type_name(value));
  std::map<std::string, std::string> metadata;
  for (const auto& [key, text] : value.items()) {
    if (!text.is_string()) {
      fail(file, "__metadata__: " + in_quotes(key) + ": expected text, found " + json_type_name(text));
    }
    metadata.emplace(key, text.get<std::string>());
  }
  return metadata;
}

}  // namespace

Safetensors::Safetensors(const std::filesystem::path& file)
    : path_(file), mapping_(std::make_shared<MappedFile>(file)) {
  add_entries(read_header());
  check_coverage();
}

Safetensors::~Safetensors() = default;

std::string_view Safetensors::read_header() {
  const std::string file = path_.string();
  const std::string_view bytes = mapping_->bytes();
  if (const auto hint = foreign_content_hint(bytes); !hint.empty()) fail(file, hint);
  const std::string whole = std::to_string(bytes.size()) + " bytes long";
  if (bytes.size() < kLengthBytes) fail(file, "is " + whole + "; a safetensors file begins with 8 bytes of length");
  std::uint64_t length = 0;
  for (std::uint64_t i = 0; i < kLengthBytes; ++i) {
    length |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  const std::string claimed = "the header claims " + std::to_string(length) + " bytes";
  if (length > kLongestHeader) fail(file, claimed + ", more than the format's limit of 100,000,000");
  if (length > bytes.size() - kLengthBytes) {
    fail(file, claimed + ", but the file is " + whole + "; it is cut short or not a safetensors file");
  }
  if (length < 2) fail(file, claimed + ", too few for a JSON table");
  const std::string_view header = bytes.substr(kLengthBytes, length);
  if (header.front() != '{') fail(file, "the header does not begin with '{'; this is not a safetensors file");
  const auto last = header.find_last_not_of(' ');
  if (header[last] != '}') fail(file, "the header does not end with '}' and spaces alone");
  data_begin_ = kLengthBytes + length;
  data_size_ = bytes.size() - data_begin_;
  return header.substr(0, last + 1);
}

void Safetensors::add_entries(std::string_view header) {
  const std::string file = path_.string();
  const json table = parse_strict_json(header, file + ": the header", kHeaderDepth);
  for (const auto& [name, value] : table.items()) {
    if (name == "__metadata__") {
      metadata_ = parse_metadata(value, file);
      continue;
    }
    const std::string place = file + ": tensor " + in_quotes(name);
    if (!value.is_object()) fail(place, "expected a table, found " + json_type_name(value));
    for (const auto& [key, unused] : value.items()) {
      const bool known = key == "dtype" || key == "shape" || key == "data_offsets";
      if (!known) fail(place, "has the unknown key " + in_quotes(key));
    }
    Entry entry;
    entry.info.dtype = parse_dtype(required(value, "dtype", place), place);
    entry.info.shape = parse_sizes(required(value, "shape", place), place + ": shape");
    if (entry.info.shape.size() > kMostDimensions) fail(place, "shape: has more than 64 dimensions");
    const auto offsets = parse_sizes(required(value, "data_offsets", place), place + ": data_offsets");
    if (offsets.size() != 2) fail(place, "data_offsets: expected 2 numbers, found " + std::to_string(offsets.size()));
    if (offsets[0] > offsets[1]) fail(place, "data_offsets: the end lies before the begin");
    entry.begin = static_cast<std::uint64_t>(offsets[0]);
    entry.end = static_cast<std::uint64_t>(offsets[1]);
    if (entry.end > data_size_) {
      fail(place, "data_offsets: ends at byte " + std::to_string(entry.end) + " of the data, which has " +
                      std::to_string(data_size_) + "; the file is cut short");
    }
    const auto bytes = checked_bytes(entry.info.shape, c10::elementSize(entry.info.dtype));
    if (!bytes) fail(place, "shape: " + shape_text(entry.info.shape) + " overflows");
    if (*bytes != entry.end - entry.begin) {
      fail(place, "shape " + shape_text(entry.info.shape) + " needs " + std::to_string(*bytes) +
                      " bytes, but data_offsets give " + std::to_string(entry.end - entry.begin));
    }
    entries_.emplace(name, std::move(entry));
  }
}

void Safetensors::check_coverage() const {
  std::vector<const std::pair<const std::string, Entry>*> order;
  for (const auto& item : entries_) order.push_back(&item);
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return std::pair(a->second.begin, a->second.end) < std::pair(b->second.begin, b->second.end);
  });
  std::uint64_t covered = 0;
  for (const auto* item : order) {
    const std::string place = path_.string() + ": tensor " + in_quotes(item->first);
    const std::string begin = std::to_string(item->second.begin);
    if (item->second.begin < covered) {
      fail(place, "overlaps the tensor before it (begins at byte " + begin + ", which ends at " +
                      std::to_string(covered) + ")");
    }
    if (item->second.begin > covered) {
      fail(place, "begins at byte " + begin + " and leaves a hole after byte " + std::to_string(covered));
    }
    covered = item->second.end;
  }
  if (covered != data_size_) {
    fail(path_.string(), "the last " + std::to_string(data_size_ - covered) + " bytes belong to no tensor");
  }
}

const Safetensors::Entry& Safetensors::entry(std::string_view name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) fail_unknown_tensor(path_, name, names());
  return found->second;
}

std::vector<std::string> Safetensors::names() const {
  std::vector<std::string> names;
  for (const auto& [name, unused] : entries_) names.push_back(name);
  return names;
}

bool Safetensors::has(std::string_view name) const { return entries_.find(name) != entries_.end(); }

TensorInfo Safetensors::info(std::string_view name) const { return entry(name).info; }

at::Tensor Safetensors::tensor(std::string_view name) const {
  const Entry& found = entry(name);
  return tensor_over(mapping_, {data_begin_ + found.begin, found.end - found.begin}, found.info.dtype,
                     found.info.shape, dense_strides(found.info.shape),
                     path_.string() + ": tensor " + in_quotes(name));
}

}  // namespace medvlm::sdk
