#include "vqa_rad.hpp"

#include "medvlm/sdk/table/fields.hpp"
#include "medvlm/sdk/vqa/hub_questions.hpp"
#include "medvlm/sdk/vqa/question_files.hpp"
#include "medvlm/sdk/vqa/question_options.hpp"

namespace medvlm::vqa_rad {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPhrase = "phrase_type";

std::vector<fs::path> folders_of(const fs::path& root) { return {root, root / "VQA_RAD", root / "osfstorage-archive"}; }

sdk::QuestionColumns columns_of(const Options& options) {
  sdk::QuestionColumns columns = sdk::question_columns(options, sdk::OpenRule::answer);
  columns.groups = {{"organ", "image_organ"}, {"question_type", "question_type"}, {"phrase_type", kPhrase}};
  return columns;
}

/// The release's own split: test_freeform and test_para are the test questions.
bool is_of(const sdk::Table& table, std::size_t row, Split split) {
  const std::string phrase = sdk::lower_case(sdk::trimmed(table.cell(row, table.column(kPhrase))));
  if (phrase.empty()) throw table.error(row, "phrase_type is blank; it says whether a question is a test question");
  return phrase.starts_with("test") == (split == Split::test);
}

std::unique_ptr<sdk::QuestionSource> find_release(const fs::path& root, const Options& options) {
  const fs::path file =
      sdk::first_file(folders_of(root), {"VQA_RAD Dataset Public.json", "VQA_RAD_Dataset_Public.json"});
  if (file.empty()) return nullptr;
  sdk::read_table(file).column(kPhrase);
  sdk::QuestionLayout layout;
  layout.files = {{Split::train, file}, {Split::test, file}};
  layout.image = "image_name";
  layout.columns = columns_of(options);
  for (const fs::path& folder : folders_of(root)) {
    for (const char* name : {"VQA_RAD Image Folder", "VQA_RAD_Image_Folder", "images"}) {
      layout.image_folders.push_back(folder / name);
    }
  }
  layout.belongs = is_of;
  return std::make_unique<sdk::QuestionFiles>(std::move(layout));
}

std::unique_ptr<sdk::QuestionSource> find_copy(const fs::path& root, const Options& options) {
  sdk::HubLayout layout;
  layout.shards = sdk::find_hub_shards(root);
  if (layout.shards.empty()) return nullptr;
  layout.columns = columns_of(options);
  return std::make_unique<sdk::HubQuestions>(std::move(layout));
}

std::unique_ptr<sdk::QuestionSource> find_source(const Options& options) {
  const sdk::QuestionPlace copy{"parquet", sdk::kHubFiles,
                                [&](const fs::path& root) { return find_copy(root, options); }};
  const sdk::QuestionPlace release{"release", "'VQA_RAD Dataset Public.json', also in VQA_RAD/",
                                   [&](const fs::path& root) { return find_release(root, options); }};
  return sdk::find_questions("VQA-RAD", options, {copy, release});
}

}  // namespace

VqaRad::VqaRad(const Options& options) : QuestionDataset("VQA-RAD", "radiology", find_source(options)) {}

}  // namespace medvlm::vqa_rad
