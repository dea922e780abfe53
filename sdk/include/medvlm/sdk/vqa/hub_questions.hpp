// Questions in Parquet files, as the Hugging Face hub keeps its copies of VQA datasets: pictures embedded in the rows.
// Part of the library medvlm::parquet.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "medvlm/base/api.hpp"
#include "medvlm/sdk/vqa/question_dataset.hpp"
#include "medvlm/sdk/vqa/question_rows.hpp"

namespace medvlm::sdk {

/// The Parquet files of each split, in the order of their names.
using HubShards = std::map<Split, std::vector<std::filesystem::path>>;

/// What find_hub_shards() looks for, for messages.
inline constexpr const char* kHubFiles = "data/<split>-*.parquet";

/// Looks for <split>-*.parquet in root/data, root and root/default, and for <split>/*.parquet in these. Empty if there
/// are none. Throws Error(data) if a numbered set ("train-00000-of-00003.parquet") is not complete.
MEDVLM_API HubShards find_hub_shards(const std::filesystem::path& root);

/// Where the files are and how they are read.
struct HubLayout {
  HubShards shards;  ///< of at least one split
  QuestionColumns columns;
  std::string image = "image";  ///< a struct with the fields bytes and path, or the bytes alone
  /// For copies that name pictures instead of embedding them: the column with the name, and where the files are.
  std::string image_name = {};
  std::vector<std::filesystem::path> image_folders = {};
  /// Whether a row counts; it may ask for `more_columns`, as far as the files have them. Empty: all rows do.
  std::function<bool(const Table& table, std::size_t row)> belongs = {};
  std::vector<std::string> more_columns = {};
};

/// Lists and reads such files. Those of a split are opened when the split is asked for, the first shard of the first
/// split at once.
class MEDVLM_API HubQuestions final : public QuestionSource {
 public:
  /// Throws Error(data) for a damaged file, or one without the columns.
  explicit HubQuestions(HubLayout layout);
  ~HubQuestions() override;

  std::vector<Split> splits() const override;
  /// Reads the texts, and the pictures once to hash them: Sample::image is "sha256:" and 16 digits of the hash of the
  /// picture's bytes, so that questions on the same picture have the same one. Sample::row counts over the split's
  /// shards. A row whose picture is null is listed, and fails when it is read. Throws Error(data) with file:row, rows
  /// counted from 1.
  std::vector<Sample> samples(Split split) override;
  /// Finds the row by the sample's id and row.
  EncodedImage read_image(const Sample& sample) const override;

 private:
  struct Shelf;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace medvlm::sdk
