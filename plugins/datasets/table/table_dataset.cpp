#include "table_dataset.hpp"

#include <algorithm>

#include "labels.hpp"
#include "medvlm/sdk/table/image_file.hpp"
#include "medvlm/sdk/vqa/question_rows.hpp"
#include "rows.hpp"

namespace medvlm::table_dataset {
namespace {

namespace fs = std::filesystem;

constexpr Split kSplits[] = {Split::train, Split::validation, Split::test};

void check_template(const Options& options) {
  if (options.text("prompt_template").find("{}") == std::string::npos) {
    throw sdk::option_error(options, "prompt_template", "it must contain {}, which is replaced by the class text");
  }
}

void check_exists(const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) {
    throw Error(ErrorCode::data, file.string() + ": the file does not exist; check the options of dataset 'table'");
  }
}

/// The folder of the file, or of all files. Throws Error(config) if they lie in several.
fs::path common_folder(const Sources& sources, const Options& options) {
  if (!sources.file.empty()) return sources.file.parent_path();
  const fs::path folder = sources.per_split.begin()->second.parent_path();
  for (const auto& [split, file] : sources.per_split) {
    if (file.parent_path() != folder) {
      throw sdk::option_error(options, "image_root", "name the folder of the images, because the files lie in several");
    }
  }
  return folder;
}

}  // namespace

TableDataset::TableDataset(const Options& options)
    : names_(read_column_names(options)), sources_(read_sources(options)) {
  check_template(options);
  info_.name = options.text("title");
  info_.task = options.text("task") == "vqa" ? Task::vqa : Task::diagnosis;
  info_.classes = make_classes(options, names_);
  info_.labels = !names_.labels.empty()      ? LabelKind::multilabel
                 : info_.classes.size() == 2 ? LabelKind::binary
                                             : LabelKind::multiclass;
  const bool vqa = info_.task == Task::vqa;
  if (vqa) info_.labels = LabelKind::binary;
  info_.modality = options.text("modality");
  info_.prompt_template = options.text("prompt_template");
  info_.cluster_group = names_.cluster.value_or(vqa ? sdk::kImageGroup : "");
  const SplitValues values = read_split_values(options);
  if (!sources_.file.empty()) {
    load_file(values);
  } else {
    for (const auto& [split, file] : sources_.per_split) check_exists(file);
  }
  if (sources_.image_root.empty()) {
    sources_.image_root = common_folder(sources_, options);
  }
}

void TableDataset::load_file(const SplitValues& values) {
  check_exists(sources_.file);
  table_ = sdk::read_table(sources_.file);
  RowReader(*table_, names_, info_.classes);  // complains about columns now, not in the middle of a run
  if (table_->size() == 0) throw Error(ErrorCode::data, table_->file() + ": the file has a header but no rows");
  if (names_.split) {
    sides_ = read_split_column(*table_, *names_.split, values);
  } else {
    sides_.assign(table_->size(), Split::test);
  }
}

std::vector<Split> TableDataset::splits() const {
  std::vector<Split> splits;
  for (const Split split : kSplits) {
    const bool in_file = std::find(sides_.begin(), sides_.end(), split) != sides_.end();
    if (in_file || sources_.per_split.count(split) != 0) splits.push_back(split);
  }
  return splits;
}

std::vector<Sample> TableDataset::samples(Split split) {
  if (table_) return list(*table_, split, sides_);
  const auto found = sources_.per_split.find(split);
  if (found == sources_.per_split.end()) {
    throw Error(ErrorCode::data, info_.name + " has no " + std::string(to_string(split)) + " split; name its rows in " +
                                     "option '" + std::string(to_string(split)) + "_file'");
  }
  const sdk::Table table = sdk::read_table(found->second);
  return list(table, split, std::vector<std::optional<Split>>(table.size(), split));
}

std::vector<Sample> TableDataset::list(const sdk::Table& table, Split split,
                                       const std::vector<std::optional<Split>>& sides) const {
  const RowReader reader(table, names_, info_.classes);
  // Files per split may name the same image in the same row.
  const std::string prefix = table_ ? "" : std::string(to_string(split)) + "/";
  sdk::UniqueIds unique;
  std::vector<Sample> samples;
  for (std::size_t row = 0; row < table.size(); ++row) {
    if (!sides[row]) continue;
    // Ids are compared across splits too: a row copied into both is a leak.
    unique.add(table, row, reader.id(row, prefix), "id");
    if (sides[row] == split) samples.push_back(reader.read(row, prefix));
  }
  if (samples.empty()) {
    throw Error(ErrorCode::data, table.file() + ": no row belongs to the " + std::string(to_string(split)) +
                                     " split" + (names_.split ? " (column '" + *names_.split + "')" : ""));
  }
  return samples;
}

EncodedImage TableDataset::read_image(const Sample& sample) const {
  return sdk::read_image_file(sources_.image_root / sample.image);
}

Image TableDataset::decode_image(const EncodedImage& encoded) const { return sdk::decode_stored_image(encoded); }

}  // namespace medvlm::table_dataset
