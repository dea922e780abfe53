// Questions in table files (JSON, JSONL, CSV) beside pictures in files: what most VQA datasets are released as.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "medvlm/base/api.hpp"
#include "medvlm/sdk/vqa/question_dataset.hpp"
#include "medvlm/sdk/vqa/question_rows.hpp"

namespace medvlm::sdk {

/// Where the files are and how they are read.
struct QuestionLayout {
  std::map<Split, std::filesystem::path> files;  ///< at least one; several splits may share a file
  std::string image = "image";                   ///< column that names the picture
  QuestionColumns columns;
  std::vector<std::filesystem::path> image_folders;  ///< searched in this order
  /// Whether a row belongs to the split. Empty: all rows of its file do.
  std::function<bool(const Table& table, std::size_t row, Split split)> belongs;
  /// The picture's path below the folders, made of the cell; it becomes Sample::image. Empty: the cell itself.
  std::function<std::string(std::string_view cell, Split split)> locate;
};

/// Lists and reads such files. Each is opened for its own split only.
class MEDVLM_API QuestionFiles : public QuestionSource {
 public:
  /// Checks the columns of the first split's file. Throws Error(data) for a missing file or column.
  explicit QuestionFiles(QuestionLayout layout);

  std::vector<Split> splits() const override;
  /// Throws Error(data) with file:line. Rows are numbered within their file.
  std::vector<Sample> samples(Split split) override;
  /// Throws Error(data) that lists where the picture was looked for.
  EncodedImage read_image(const Sample& sample) const override;

 protected:
  const QuestionLayout& layout() const { return layout_; }

 private:
  QuestionLayout layout_;
};

/// The first of `names` in the first of `folders` that is a file; empty if there is none.
MEDVLM_API std::filesystem::path first_file(const std::vector<std::filesystem::path>& folders,
                                            const std::vector<std::string>& names);

}  // namespace medvlm::sdk
