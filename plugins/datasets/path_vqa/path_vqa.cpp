#include "path_vqa.hpp"

#include "medvlm/sdk/vqa/hub_questions.hpp"
#include "medvlm/sdk/vqa/question_files.hpp"
#include "medvlm/sdk/vqa/question_options.hpp"

namespace medvlm::path_vqa {
namespace {

namespace fs = std::filesystem;

/// A split and what the release calls it.
constexpr std::pair<Split, const char*> kSplits[] = {
    {Split::train, "train"}, {Split::validation, "val"}, {Split::test, "test"}};

std::string release_name(Split split) {
  for (const auto& [known, name] : kSplits) {
    if (known == split) return name;
  }
  throw Error(ErrorCode::internal, "an unknown split");
}

std::vector<fs::path> folders_of(const fs::path& root) {
  return {root, root / "pvqa", root / "PathVQA", root / "split"};
}

/// "qas/test/test_qa.json" and its neighbours, with these extensions.
std::vector<std::string> file_names(const std::string& split, const std::vector<std::string>& extensions) {
  std::vector<std::string> names;
  for (const std::string& extension : extensions) {
    for (const std::string& folder : {"qas/" + split + "/", std::string("qas/"), std::string()}) {
      names.push_back(folder + split + "_qa" + extension);
    }
  }
  return names;
}

/// The release names pictures without folder and extension: "test_0273" is images/test/test_0273.jpg.
std::string picture_path(std::string_view cell, Split split) {
  std::string name(cell);
  if (fs::path(name).extension().empty()) name += ".jpg";
  return name.find('/') == std::string::npos ? release_name(split) + "/" + name : name;
}

void refuse_pickles(const fs::path& root) {
  for (const auto& [split, name] : kSplits) {
    const fs::path pickle = sdk::first_file(folders_of(root), file_names(name, {".pkl", ".pickle"}));
    if (pickle.empty()) continue;
    fs::path json = pickle;
    json.replace_extension(".json");
    const std::string python = "import json, pickle, sys; json.dump(pickle.load(open(sys.argv[1], 'rb')), "
                               "open(sys.argv[2], 'w'))";
    throw Error(ErrorCode::data,
                pickle.string() + ": the release keeps its questions in pickles, which can run any code when they " +
                    "are opened, so medvlm does not open them. Use the Parquet copy of the Hugging Face hub " +
                    "(flaviagiammarino/path-vqa), or convert each pickle once, if you trust it:  python3 -c \"" +
                    python + "\" '" + pickle.string() + "' '" + json.string() + "'");
  }
}

std::unique_ptr<sdk::QuestionSource> find_release(const fs::path& root, const Options& options) {
  sdk::QuestionLayout layout;
  for (const auto& [split, name] : kSplits) {
    const fs::path file = sdk::first_file(folders_of(root), file_names(name, {".json", ".jsonl", ".csv"}));
    if (!file.empty()) layout.files[split] = file;
  }
  if (layout.files.empty()) {
    refuse_pickles(root);
    return nullptr;
  }
  layout.columns = sdk::question_columns(options, sdk::OpenRule::answer);
  for (const fs::path& folder : folders_of(root)) layout.image_folders.push_back(folder / "images");
  layout.locate = picture_path;
  return std::make_unique<sdk::QuestionFiles>(std::move(layout));
}

std::unique_ptr<sdk::QuestionSource> find_copy(const fs::path& root, const Options& options) {
  sdk::HubLayout layout;
  layout.shards = sdk::find_hub_shards(root);
  if (layout.shards.empty()) return nullptr;
  layout.columns = sdk::question_columns(options, sdk::OpenRule::answer);
  return std::make_unique<sdk::HubQuestions>(std::move(layout));
}

std::unique_ptr<sdk::QuestionSource> find_source(const Options& options) {
  const sdk::QuestionPlace copy{"parquet", sdk::kHubFiles,
                                [&](const fs::path& root) { return find_copy(root, options); }};
  const sdk::QuestionPlace release{"release", "qas/<split>/<split>_qa.json, also in pvqa/ and PathVQA/",
                                   [&](const fs::path& root) { return find_release(root, options); }};
  return sdk::find_questions("PathVQA", options, {copy, release});
}

}  // namespace

PathVqa::PathVqa(const Options& options) : QuestionDataset("PathVQA", "histopathology", find_source(options)) {}

}  // namespace medvlm::path_vqa
