// A model's weights as they lie in a folder: one file or several shards, safetensors or torch.save.
#pragma once

#include <map>

#include "medvlm/sdk/checkpoint/tensor_file.hpp"

namespace medvlm::sdk {

/// Base names to look for, in order of preference: "model" stands for `model.safetensors` and
/// `model.safetensors.index.json`, "pytorch_model" for `pytorch_model.bin` and `pytorch_model.bin.index.json`.
struct CheckpointNames {
  std::vector<std::string> safetensors = {"model"};
  std::vector<std::string> pickles = {"pytorch_model"};
};

/// All tensors of one checkpoint. Immutable; may be used from several threads.
class MEDVLM_API Checkpoint {
 public:
  /// Opens a folder (safetensors before torch.save, one file before shards), a weight file, or a `.index.json`.
  /// Of shards, the tensors that the index lists are offered. Throws Error(checkpoint) that names file and cure.
  static Checkpoint open(const std::filesystem::path& folder_or_file, const CheckpointNames& names = {});

  /// Sorted.
  std::vector<std::string> names() const;
  bool has(std::string_view name) const;
  /// Throws Error(checkpoint) for an unknown name, as does tensor().
  TensorInfo info(std::string_view name) const;
  /// See TensorFile::tensor().
  at::Tensor tensor(std::string_view name) const;
  /// Every file that holds weights, and the index if there is one: what identifies the checkpoint.
  const std::vector<std::filesystem::path>& files() const { return files_; }
  /// What was opened, for messages: the weight file or the index.
  const std::filesystem::path& path() const { return files_.front(); }

 private:
  const TensorFile& holder(std::string_view name) const;
  void add_file(const std::filesystem::path& file);
  void add_index(const std::filesystem::path& index);

  std::vector<std::filesystem::path> files_;
  std::map<std::string, std::shared_ptr<const TensorFile>, std::less<>> tensors_;
};

}  // namespace medvlm::sdk
