#include "slake.hpp"

#include "medvlm/sdk/table/fields.hpp"
#include "medvlm/sdk/vqa/hub_questions.hpp"
#include "medvlm/sdk/vqa/question_files.hpp"
#include "medvlm/sdk/vqa/question_options.hpp"

namespace medvlm::slake {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLanguage = "q_lang";

std::vector<fs::path> folders_of(const fs::path& root) { return {root, root / "Slake1.0", root / "SLAKE"}; }

std::vector<fs::path> image_folders_of(const fs::path& root) {
  std::vector<fs::path> folders;
  for (const fs::path& folder : folders_of(root)) {
    folders.push_back(folder / "imgs");
    folders.push_back(folder);
  }
  return folders;
}

sdk::QuestionColumns columns_of(const Options& options) {
  // The original benchmark's rule is the release's annotation.
  sdk::QuestionColumns columns = sdk::question_columns(options, sdk::OpenRule::annotation);
  columns.groups = {{"modality", "modality"}, {"location", "location"}, {"content_type", "content_type"},
                    {"base_type", "base_type"}, {"language", kLanguage}};
  return columns;
}

/// Whether a row is in the wanted language. A copy without a column for it holds English alone.
bool is_wanted(const sdk::Table& table, std::size_t row, const std::string& language) {
  const auto column = table.find_column(kLanguage);
  if (!column || language == "all") return true;
  return sdk::lower_case(sdk::trimmed(table.cell(row, *column))).starts_with(language);
}

std::unique_ptr<sdk::QuestionSource> find_release(const fs::path& root, const Options& options) {
  sdk::QuestionLayout layout;
  const auto add = [&](Split split, const std::vector<std::string>& names) {
    const fs::path file = sdk::first_file(folders_of(root), names);
    if (!file.empty()) layout.files[split] = file;
  };
  add(Split::train, {"train.json"});
  add(Split::validation, {"validate.json", "validation.json"});
  add(Split::test, {"test.json"});
  if (layout.files.empty()) return nullptr;
  layout.image = "img_name";
  layout.columns = columns_of(options);
  layout.image_folders = image_folders_of(root);
  layout.belongs = [language = options.text("language")](const sdk::Table& table, std::size_t row, Split) {
    return is_wanted(table, row, language);
  };
  return std::make_unique<sdk::QuestionFiles>(std::move(layout));
}

std::unique_ptr<sdk::QuestionSource> find_copy(const fs::path& root, const Options& options) {
  sdk::HubLayout layout;
  layout.shards = sdk::find_hub_shards(root);
  if (layout.shards.empty()) return nullptr;
  layout.columns = columns_of(options);
  layout.image_name = "img_name";
  layout.image_folders = image_folders_of(root);
  layout.more_columns = {kLanguage};
  layout.belongs = [language = options.text("language")](const sdk::Table& table, std::size_t row) {
    return is_wanted(table, row, language);
  };
  return std::make_unique<sdk::HubQuestions>(std::move(layout));
}

std::unique_ptr<sdk::QuestionSource> find_source(const Options& options) {
  const sdk::QuestionPlace copy{"parquet", sdk::kHubFiles,
                                [&](const fs::path& root) { return find_copy(root, options); }};
  const sdk::QuestionPlace release{"release", "train.json, validate.json and test.json, also in Slake1.0/ and SLAKE/",
                                   [&](const fs::path& root) { return find_release(root, options); }};
  return sdk::find_questions("SLAKE", options, {copy, release});
}

}  // namespace

Slake::Slake(const Options& options) : QuestionDataset("SLAKE", "radiology", find_source(options)) {}

}  // namespace medvlm::slake
