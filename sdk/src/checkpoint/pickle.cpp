// Restricted reader of `pytorch_model.bin`.
#include "medvlm/sdk/checkpoint/pickle.hpp"

#include <ATen/ATen.h>

#include "../archive/zip.hpp"
#include "complaint.hpp"
#include "json_text.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "pickle_machine.hpp"
#include "tensor_view.hpp"

namespace medvlm::sdk {
namespace {

constexpr std::string_view kZipMagic = "PK\x03\x04";
constexpr std::string_view kPickleFile = "/data.pkl";
constexpr std::uint64_t kLargestPickle = 64u << 20;
constexpr std::size_t kHighestRank = 64;

void check_is_zip(std::string_view bytes, const std::string& file) {
  if (bytes.starts_with(kZipMagic)) return;
  if (const auto hint = foreign_content_hint(bytes); !hint.empty()) fail(file, hint);
  if (bytes.starts_with('\x80')) {
    fail(file,
         "is a pickle of PyTorch before 1.6, which is not read; load it in Python with weights_only=True and save the "
         "tensors with safetensors.torch.save_file");
  }
  fail(file, "is not a file of torch.save (no zip archive); download it again or convert it to safetensors");
}

/// torch.save compresses nothing, so that tensors can be views of the mapped file.
void check_is_stored(const ZipDirectory& directory, const std::string& file) {
  for (const auto& [name, entry] : directory) {
    if (entry.stored) continue;
    fail(file, "the entry " + in_quotes(name) +
                   " is compressed; torch.save stores entries as they are: unpack the archive and pack it without "
                   "compression, or convert to safetensors");
  }
}

/// The folder within the archive: "archive/" or "<stem>/".
std::string archive_folder(const ZipDirectory& directory, const std::string& file) {
  std::string folder;
  for (const auto& [name, unused] : directory) {
    if (!name.ends_with(kPickleFile) || name.find('/') != name.size() - kPickleFile.size()) continue;
    if (!folder.empty()) fail(file, "holds several data.pkl; one is expected");
    folder = name.substr(0, name.size() - kPickleFile.size() + 1);
  }
  if (folder.empty()) fail(file, "holds no data.pkl; it was not written by torch.save");
  if (directory.contains(folder + "constants.pkl")) {
    fail(file, "is a TorchScript program, not a state dictionary; save model.state_dict()");
  }
  return folder;
}

void check_byte_order(const ZipDirectory& directory, const std::string& folder, std::string_view archive,
                      const std::string& file) {
  const auto found = directory.find(folder + "byteorder");
  if (found == directory.end()) return;  // written before PyTorch 2.1: little-endian in practice
  const auto order = archive.substr(found->second.begin, found->second.size);
  if (order != "little") fail(file, "byteorder: expected 'little', found " + in_quotes(order));
}

/// The number of elements from the first to the last that the tensor touches; checks shape and strides on the way.
std::uint64_t element_span(const PickledTensor& tensor, const std::string& place) {
  const std::string layout = "shape " + shape_text(tensor.shape) + ", stride " + shape_text(tensor.strides);
  if (tensor.shape.size() != tensor.strides.size() || tensor.shape.size() > kHighestRank) {
    fail(place, layout + " do not belong together");
  }
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    if (tensor.shape[i] < 0 || tensor.strides[i] < 0) fail(place, layout + ": is negative");
  }
  const auto count = checked_bytes(tensor.shape, 1);
  if (!count) fail(place, layout + " overflows");
  if (*count == 0) return 0;
  // A stride of 0 could claim terabytes over one value.
  if (*count > static_cast<std::uint64_t>(tensor.storage_numel)) {
    fail(place, layout + ": more elements than its storage of " + std::to_string(tensor.storage_numel));
  }
  std::int64_t last = 0;
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    std::int64_t reach = 0;
    if (__builtin_mul_overflow(tensor.shape[i] - 1, tensor.strides[i], &reach) ||
        __builtin_add_overflow(last, reach, &last)) {
      fail(place, layout + " overflows");
    }
  }
  return static_cast<std::uint64_t>(last) + 1;
}

}  // namespace

TorchPickle::TorchPickle(const std::filesystem::path& file)
    : path_(file), mapping_(std::make_shared<MappedFile>(file)) {
  const std::string label = file.string();
  const std::string_view archive = mapping_->bytes();
  check_is_zip(archive, label);
  const ZipDirectory directory = read_zip_directory(archive, label, ErrorCode::checkpoint);
  check_is_stored(directory, label);
  const std::string folder = archive_folder(directory, label);
  check_byte_order(directory, folder, archive, label);
  const ZipEntry pickle = directory.find(folder + std::string(kPickleFile.substr(1)))->second;
  if (pickle.size > kLargestPickle) fail(label, "data.pkl is larger than any state dictionary's; it is refused");
  for (auto& [name, tensor] : read_state_dict(archive.substr(pickle.begin, pickle.size), label + ": data.pkl")) {
    const std::string place = label + ": tensor " + in_quotes(name);
    const auto storage = directory.find(folder + "data/" + tensor.storage_key);
    if (storage == directory.end()) fail(place, "the archive has no storage " + in_quotes(tensor.storage_key));
    const std::uint64_t element = c10::elementSize(tensor.dtype);
    const std::uint64_t held = storage->second.size / element;
    if (tensor.storage_numel < 0 || static_cast<std::uint64_t>(tensor.storage_numel) > held) {
      fail(place, "its storage claims " + std::to_string(tensor.storage_numel) + " elements and holds " +
                      std::to_string(held) + "; the file is damaged");
    }
    const std::uint64_t span = element_span(tensor, place);
    const auto numel = static_cast<std::uint64_t>(tensor.storage_numel);
    if (tensor.offset < 0 || span > numel || static_cast<std::uint64_t>(tensor.offset) > numel - span) {
      fail(place, "shape " + shape_text(tensor.shape) + ", stride " + shape_text(tensor.strides) + " and offset " +
                      std::to_string(tensor.offset) + " reach outside its storage of " + std::to_string(numel));
    }
    const std::uint64_t first = storage->second.begin + static_cast<std::uint64_t>(tensor.offset) * element;
    entries_.emplace(name, Entry{{tensor.dtype, tensor.shape}, tensor.strides, first, span * element});
  }
}

TorchPickle::~TorchPickle() = default;

const TorchPickle::Entry& TorchPickle::entry(std::string_view name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) fail_unknown_tensor(path_, name, names());
  return found->second;
}

std::vector<std::string> TorchPickle::names() const {
  std::vector<std::string> names;
  for (const auto& [name, unused] : entries_) names.push_back(name);
  return names;
}

bool TorchPickle::has(std::string_view name) const { return entries_.find(name) != entries_.end(); }

TensorInfo TorchPickle::info(std::string_view name) const { return entry(name).info; }

at::Tensor TorchPickle::tensor(std::string_view name) const {
  const Entry& found = entry(name);
  return tensor_over(mapping_, {found.first_byte, found.span_bytes}, found.info.dtype, found.info.shape,
                     found.strides, path_.string() + ": tensor " + in_quotes(name));
}

}  // namespace medvlm::sdk
