#include "fairvlmed_vqa.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

#include "medvlm/sdk/table/fields.hpp"
#include "medvlm/sdk/table/harvard_tables.hpp"
#include "medvlm/sdk/table/image_file.hpp"
#include "medvlm/sdk/table/npy_image.hpp"
#include "medvlm/sdk/table/npz.hpp"
#include "medvlm/sdk/vqa/question_files.hpp"
#include "medvlm/sdk/vqa/question_options.hpp"

namespace medvlm::fairvlmed_vqa {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kFolders = {"FairVLMed10k", "Harvard-FairVLMed10k", "Harvard-FairVLMed"};

std::vector<fs::path> folders_of(const fs::path& root) {
  std::vector<fs::path> folders{root};
  for (const std::string& name : kFolders) folders.push_back(root / name);
  return folders;
}

/// What pandas takes for a missing value in a CSV file: the original benchmark drops rows with one in any column.
bool is_missing_to_pandas(std::string_view cell) {
  constexpr std::array<std::string_view, 18> kWords = {
      "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
      "<NA>", "N/A",      "NA",  "NULL",    "NaN",      "None", "n/a",  "nan",    "null"};
  return sdk::trimmed(cell).empty() || std::find(kWords.begin(), kWords.end(), cell) != kWords.end();
}

bool is_complete(const sdk::Table& table, std::size_t row) {
  for (std::size_t column = 0; column < table.columns().size(); ++column) {
    if (is_missing_to_pandas(table.cell(row, column))) return false;
  }
  return true;
}

/// "Training/data_00001.npz" of "./Training/data_00001.npz".
std::string plain_path(std::string_view cell) {
  return fs::path(sdk::trimmed(cell)).lexically_normal().generic_string();
}

/// The split of a row of vqa_all.csv: the release's, which its folders are named after.
Split split_by_folder(const sdk::Table& table, std::size_t row) {
  const std::string path = plain_path(table.cell(row, table.column("image_path")));
  constexpr std::pair<std::string_view, Split> kNames[] = {
      {"Training/", Split::train}, {"Validation/", Split::validation}, {"Test/", Split::test}};
  for (const auto& [folder, split] : kNames) {
    if (path.starts_with(folder)) return split;
  }
  throw table.error(row, "image_path is '" + path + "'; expected a path in Training/, Validation/ or Test/, which " +
                             "tells the split of a row of vqa_all.csv");
}

/// "00001" of "Training/data_00001.npz".
std::string number_in(const fs::path& path) {
  const std::string stem = path.stem().string();
  return stem.substr(stem.rfind('_') + 1);
}

/// All splits from vqa_all.csv.
void use_one_file(sdk::QuestionLayout& layout, const std::vector<fs::path>& places) {
  const fs::path file = sdk::first_file(places, {"vqa_all.csv"});
  if (file.empty()) {
    throw Error(ErrorCode::data, places.front().string() + ": there is no vqa_train.csv, vqa_validation.csv or " +
                                     "vqa_test.csv, and no vqa_all.csv; `medvlm build-vqa` makes the last one of the " +
                                     "release's notes, and option 'questions' says where it is");
  }
  const sdk::Table table = sdk::read_table(file);
  for (std::size_t row = 0; row < table.size(); ++row) {
    if (is_complete(table, row)) layout.files[split_by_folder(table, row)] = file;
  }
  if (layout.files.empty()) throw Error(ErrorCode::data, file.string() + ": no row of the file is complete");
  layout.belongs = [](const sdk::Table& rows, std::size_t row, Split split) {
    return is_complete(rows, row) && split_by_folder(rows, row) == split;
  };
}

sdk::QuestionLayout layout_of(const Options& options) {
  const fs::path root = options.path("root");
  const auto places = options.has("questions") ? std::vector{options.path("questions")} : folders_of(root);
  sdk::QuestionLayout layout;
  for (const Split split : {Split::train, Split::validation, Split::test}) {
    const fs::path file = sdk::first_file(places, {"vqa_" + std::string(to_string(split)) + ".csv"});
    if (!file.empty()) layout.files[split] = file;
  }
  layout.belongs = [](const sdk::Table& table, std::size_t row, Split) { return is_complete(table, row); };
  if (layout.files.empty()) use_one_file(layout, places);
  layout.image = "image_path";
  layout.columns = sdk::question_columns(options, sdk::OpenRule::annotation);
  layout.columns.answer_type = "question type";
  layout.image_folders = folders_of(root);
  layout.locate = [](std::string_view cell, Split) { return plain_path(cell); };
  return layout;
}

/// The questions, with what data_summary.csv says of the patients where it is there.
class Questions final : public sdk::QuestionFiles {
 public:
  explicit Questions(const Options& options) : QuestionFiles(layout_of(options)) {
    std::vector<fs::path> places;
    for (const fs::path& folder : layout().image_folders) {
      for (const char* below : {"", "ReadMe", "data"}) places.push_back(folder / below);
    }
    if (sdk::first_file(places, {"data_summary.csv"}).empty()) return;
    patients_.emplace(sdk::HarvardSource{"FairVLMed", options.path("root"), kFolders, true});
  }

  std::vector<Sample> samples(Split split) override {
    std::vector<Sample> samples = QuestionFiles::samples(split);
    const auto known = patients_of(split);
    for (Sample& sample : samples) {
      const auto found = known.find(sample.image);
      if (found == known.end()) {
        sample.groups.emplace_back("patient", number_in(sample.image));
      } else {
        sample.groups.insert(sample.groups.end(), found->second.begin(), found->second.end());
      }
    }
    return samples;
  }

  EncodedImage read_image(const Sample& sample) const override {
    for (const fs::path& folder : layout().image_folders) {
      const fs::path file = folder / sample.image;
      std::error_code ignored;
      if (file.extension() != ".npz" || !fs::is_regular_file(file, ignored)) continue;
      return {sdk::kNpyDecoder, sdk::NpzFile(file).bytes("slo_fundus"), file.string()};
    }
    return sdk::read_image_file(candidates(sample.image));
  }

 private:
  using Groups = std::vector<std::pair<std::string, std::string>>;

  /// Groups by the array's path.
  std::unordered_map<std::string, Groups> patients_of(Split split) const {
    std::unordered_map<std::string, Groups> groups;
    if (!patients_) return groups;
    const auto known = patients_->splits();
    if (std::find(known.begin(), known.end(), split) == known.end()) return groups;
    for (Sample& sample : patients_->samples(split)) groups.emplace(sample.image, std::move(sample.groups));
    return groups;
  }

  /// The file itself, and the release's JPEG of the same image.
  std::vector<fs::path> candidates(const std::string& image) const {
    const fs::path picture = fs::path(image).parent_path() / ("slo_fundus_" + number_in(image) + ".jpg");
    std::vector<fs::path> files;
    for (const fs::path& folder : layout().image_folders) {
      files.push_back(folder / image);
      files.push_back(folder / picture);
    }
    return files;
  }

  std::optional<sdk::HarvardTables> patients_;
};

}  // namespace

FairVlMedVqa::FairVlMedVqa(const Options& options)
    : QuestionDataset("FairVLMed VQA", "scanning laser ophthalmoscope fundus image",
                      std::make_unique<Questions>(options)) {}

}  // namespace medvlm::fairvlmed_vqa
