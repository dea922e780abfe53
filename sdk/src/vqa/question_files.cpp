#include "medvlm/sdk/vqa/question_files.hpp"

#include "medvlm/sdk/table/fields.hpp"
#include "medvlm/sdk/table/image_file.hpp"

namespace medvlm::sdk {
namespace {

namespace fs = std::filesystem;

bool is_question_file(const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored);
}

}  // namespace

QuestionFiles::QuestionFiles(QuestionLayout layout) : layout_(std::move(layout)) {
  if (layout_.files.empty()) throw Error(ErrorCode::internal, "a layout of questions without files");
  for (const auto& [split, file] : layout_.files) {
    if (!is_question_file(file)) throw Error(ErrorCode::data, file.string() + ": the file does not exist");
  }
  // The test file stays closed here: what the first file has, the others are expected to have.
  const Table table = read_table(layout_.files.at(splits().front()));
  table.column(layout_.image);
  QuestionRows(table, layout_.columns);
}

std::vector<Split> QuestionFiles::splits() const {
  std::vector<Split> splits;
  for (const auto& [split, file] : layout_.files) splits.push_back(split);
  return splits;
}

std::vector<Sample> QuestionFiles::samples(Split split) {
  const Table table = read_table(layout_.files.at(split));
  const std::size_t image = table.column(layout_.image);
  const QuestionRows rows(table, layout_.columns);
  std::vector<Sample> samples;
  for (std::size_t row = 0; row < table.size(); ++row) {
    if (layout_.belongs && !layout_.belongs(table, row, split)) continue;
    const std::string_view cell = trimmed(table.cell(row, image));
    const std::string locator = layout_.locate && !cell.empty() ? layout_.locate(cell, split) : std::string(cell);
    if (auto sample = rows.read(row, split, row, locator)) samples.push_back(std::move(*sample));
  }
  return samples;
}

EncodedImage QuestionFiles::read_image(const Sample& sample) const {
  std::vector<fs::path> candidates;
  for (const fs::path& folder : layout_.image_folders) candidates.push_back(folder / sample.image);
  return read_image_file(candidates);
}

std::filesystem::path first_file(const std::vector<std::filesystem::path>& folders,
                                 const std::vector<std::string>& names) {
  for (const fs::path& folder : folders) {
    for (const std::string& name : names) {
      if (is_question_file(folder / name)) return folder / name;
    }
  }
  return {};
}

}  // namespace medvlm::sdk
