#include "medvlm/sdk/table/npz.hpp"

#include <algorithm>

#include "../archive/zip.hpp"
#include "../checkpoint/json_text.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/base/options.hpp"
#include "scratch_memory.hpp"

namespace medvlm::sdk {
namespace {

constexpr std::string_view kSuffix = ".npy";
constexpr std::uint64_t kFirstBytes = 4096;  // more than any header of fewer than a hundred axes

std::shared_ptr<const MappedFile> map_archive(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) {
    throw Error(ErrorCode::data, file.string() + ": the file does not exist; check the dataset's folder and the path given");
  }
  auto mapping = std::make_shared<const MappedFile>(file);
  const std::string_view bytes = mapping->bytes();
  if (bytes.starts_with("PK")) return mapping;
  const bool is_npy = bytes.starts_with("\x93NUMPY");
  throw Error(ErrorCode::data, file.string() + (is_npy ? ": is a single array (.npy); an .npz archive is expected"
                                                       : ": is no .npz archive; download it again"));
}

}  // namespace

struct NpzFile::Contents {
  std::filesystem::path path;
  std::uint64_t in_memory = 0;
  std::shared_ptr<const MappedFile> mapping;
  ZipDirectory directory;

  std::string label(std::string_view name) const { return path.string() + ": array " + in_quotes(name); }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& [file, unused] : directory) {
      if (file.ends_with(kSuffix)) names.push_back(file.substr(0, file.size() - kSuffix.size()));
    }
    return names;
  }

  const ZipEntry& entry(std::string_view name) const {
    const auto found = directory.find(std::string(name) + std::string(kSuffix));
    if (found != directory.end()) return found->second;
    throw Error(ErrorCode::data, path.string() + ": there is no array " + in_quotes(name) + suggestion(name, names()));
  }

  void unpack(std::string_view name, const ZipEntry& entry, std::span<char> target) const {
    unpack_zip_entry(mapping->bytes(), entry, target, label(name), ErrorCode::data);
  }
};

NpzFile::NpzFile(const std::filesystem::path& file, std::uint64_t in_memory) {
  auto contents = std::make_shared<Contents>();
  contents->path = file;
  contents->in_memory = in_memory;
  contents->mapping = map_archive(file);
  contents->directory = read_zip_directory(contents->mapping->bytes(), file.string(), ErrorCode::data);
  contents_ = std::move(contents);
}

const std::filesystem::path& NpzFile::path() const { return contents_->path; }

std::vector<std::string> NpzFile::names() const { return contents_->names(); }

bool NpzFile::has(std::string_view name) const {
  return contents_->directory.contains(std::string(name) + std::string(kSuffix));
}

NpyHeader NpzFile::header(std::string_view name) const {
  const ZipEntry& entry = contents_->entry(name);
  std::string first(std::min(entry.size, kFirstBytes), '\0');
  contents_->unpack(name, entry, first);
  return parse_npy_header(first, contents_->label(name));
}

NpyArray NpzFile::array(std::string_view name) const {
  const ZipEntry& entry = contents_->entry(name);
  const std::string label = contents_->label(name);
  if (entry.stored) {
    const std::string_view archive = contents_->mapping->bytes();
    if (entry.size <= contents_->in_memory) check_stored_entry(archive, entry, label, ErrorCode::data);
    return NpyArray(contents_->mapping, archive.substr(entry.begin, entry.size), label);
  }
  const auto memory = std::make_shared<ScratchMemory>(entry.size, contents_->in_memory, label);
  contents_->unpack(name, entry, memory->bytes());
  return NpyArray(memory, {memory->bytes().data(), memory->bytes().size()}, label);
}

std::string NpzFile::bytes(std::string_view name) const {
  const ZipEntry& entry = contents_->entry(name);
  std::string bytes(entry.size, '\0');
  contents_->unpack(name, entry, bytes);
  return bytes;
}

}  // namespace medvlm::sdk
