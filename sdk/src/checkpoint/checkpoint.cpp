// A model's weights as they lie in a folder.
#include "medvlm/sdk/checkpoint/checkpoint.hpp"

#include <set>

#include "complaint.hpp"
#include "json_text.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "tensor_view.hpp"

namespace medvlm::sdk {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kIndexEnding = ".index.json";

std::vector<std::string> candidates(const CheckpointNames& names) {
  std::vector<std::string> files;
  for (const auto& base : names.safetensors) {
    files.push_back(base + ".safetensors");
    files.push_back(base + ".safetensors" + std::string(kIndexEnding));
  }
  for (const auto& base : names.pickles) {
    files.push_back(base + ".bin");
    files.push_back(base + ".bin" + std::string(kIndexEnding));
  }
  return files;
}

fs::path find_in_folder(const fs::path& folder, const CheckpointNames& names) {
  std::string tried;
  for (const auto& name : candidates(names)) {
    if (fs::exists(folder / name)) return folder / name;
    tried += (tried.empty() ? "" : ", ") + name;
  }
  fail(folder.string(), "holds no weights; looked for " + tried);
}

/// A shard must lie in the index's folder: an index from elsewhere must not make us read other files.
fs::path shard_path(const fs::path& index, const std::string& tensor, const nlohmann::json& shard) {
  const std::string place = index.string() + ": weight_map: " + in_quotes(tensor);
  if (!shard.is_string()) fail(place, "expected text, found " + json_type_name(shard));
  const fs::path name(shard.get<std::string>());
  bool inside = !name.empty() && name.is_relative() && name.has_filename();
  for (const auto& part : name) inside = inside && part != "..";
  if (!inside || name.string().find('\0') != std::string::npos) {
    fail(place, "the shard " + in_quotes(name.string()) + " lies outside the checkpoint's folder");
  }
  return index.parent_path() / name;
}

}  // namespace

Checkpoint Checkpoint::open(const fs::path& folder_or_file, const CheckpointNames& names) {
  if (!fs::exists(folder_or_file)) fail(folder_or_file.string(), "does not exist; download the checkpoint first");
  const fs::path file = fs::is_directory(folder_or_file) ? find_in_folder(folder_or_file, names) : folder_or_file;
  Checkpoint checkpoint;
  if (file.filename().string().ends_with(kIndexEnding)) {
    checkpoint.add_index(file);
  } else {
    checkpoint.add_file(file);
  }
  return checkpoint;
}

void Checkpoint::add_file(const fs::path& file) {
  const auto opened = TensorFile::open(file);
  files_.push_back(file);
  for (auto& name : opened->names()) tensors_.emplace(std::move(name), opened);
}

void Checkpoint::add_index(const fs::path& index) {
  const std::string label = index.string();
  const auto table = parse_strict_json(read_file(index), label);
  const auto map = table.is_object() ? table.find("weight_map") : table.end();
  if (!table.is_object() || map == table.end() || !map->is_object()) {
    fail(label, "has no table 'weight_map' from tensors to files");
  }
  files_.push_back(index);
  std::map<fs::path, std::shared_ptr<const TensorFile>> shards;
  for (const auto& [name, shard] : map->items()) {
    const fs::path file = shard_path(index, name, shard);
    auto& opened = shards[file];
    if (!opened) {
      const std::string shown = in_quotes(file.filename().string());
      if (!fs::exists(file)) fail(label, "the shard " + shown + " is missing; download it");
      opened = TensorFile::open(file);
    }
    if (!opened->has(name)) {
      fail(label, "the tensor " + in_quotes(name) + " is said to be in " + file.filename().string() +
                      ", which lacks it");
    }
    tensors_.emplace(name, opened);
  }
  for (const auto& [file, unused] : shards) files_.push_back(file);
}

const TensorFile& Checkpoint::holder(std::string_view name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) fail_unknown_tensor(path(), name, names());
  return *found->second;
}

std::vector<std::string> Checkpoint::names() const {
  std::vector<std::string> names;
  for (const auto& [name, unused] : tensors_) names.push_back(name);
  return names;
}

bool Checkpoint::has(std::string_view name) const { return tensors_.find(name) != tensors_.end(); }

TensorInfo Checkpoint::info(std::string_view name) const { return holder(name).info(name); }

at::Tensor Checkpoint::tensor(std::string_view name) const { return holder(name).tensor(name); }

}  // namespace medvlm::sdk
