#include "chexpert.hpp"

#include <algorithm>

#include "medvlm/sdk/table/csv.hpp"
#include "medvlm/sdk/table/fields.hpp"
#include "medvlm/sdk/table/image_file.hpp"

namespace medvlm::chexpert {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored);
}

fs::path find_folder(const fs::path& root) {
  for (const fs::path& folder : {root / "CheXpert-v1.0-small", root / "CheXpert-v1.0", root}) {
    if (is_file(folder / "train.csv") || is_file(folder / "valid.csv")) return folder;
  }
  throw Error(ErrorCode::data, root.string() + ": this is no folder of CheXpert; looked there and in " +
                                   "CheXpert-v1.0-small/ for train.csv and valid.csv; set option 'root' to the " +
                                   "folder that holds them");
}

fs::path split_file(const fs::path& folder, Split split) {
  return folder / (split == Split::train ? "train.csv" : "valid.csv");
}

/// "CheXpert-v1.0-small/valid/..." without its first part, which names the folder that holds the CSV files.
std::string below_folder(std::string_view path) {
  const auto slash = path.find('/');
  if (path.starts_with("CheXpert") && slash != std::string_view::npos) path.remove_prefix(slash + 1);
  return std::string(path);
}

/// The part of the path that begins with `prefix` and goes on with a digit ("patient00001", "study1"), or "".
std::string path_part(const std::string& path, std::string_view prefix) {
  for (const fs::path& part : fs::path(path)) {
    const std::string name = part.string();
    if (name.starts_with(prefix) && name.size() > prefix.size() && name[prefix.size()] >= '0' &&
        name[prefix.size()] <= '9') {
      return name;
    }
  }
  return "";
}

std::string cell_or_unknown(const sdk::Table& table, std::size_t row, std::size_t column) {
  const std::string_view cell = table.cell(row, column);
  return sdk::is_missing(cell) ? "unknown" : std::string(sdk::trimmed(cell));
}

/// Makes the groups of a row.
class Groups {
 public:
  explicit Groups(const sdk::Table& table)
      : table_(table), sex_(table.column("Sex")), age_(table.column("Age")), side_(table.column("Frontal/Lateral")),
        direction_(table.column("AP/PA")) {}

  std::vector<std::pair<std::string, std::string>> of(std::size_t row, const std::string& path) const {
    const std::string patient = path_part(path, "patient");
    if (patient.empty()) {
      throw table_.error(row, "Path '" + path + "' names no patient; expected .../patientNNNNN/studyN/...");
    }
    std::string view = sdk::lower_case(cell_or_unknown(table_, row, side_));
    const std::string_view direction = sdk::trimmed(table_.cell(row, direction_));
    if (!direction.empty()) view.append(" ").append(direction);
    return {{"patient", patient},
            {"study", patient + "/" + path_part(path, "study")},
            {"sex", cell_or_unknown(table_, row, sex_)},
            {"age", sdk::age_band(table_.cell(row, age_))},
            {"view", view}};
  }

 private:
  const sdk::Table& table_;
  std::size_t sex_, age_, side_, direction_;
};

Uncertain uncertain_from(const std::string& name) {
  return name == "ones" ? Uncertain::ones : name == "zeros" ? Uncertain::zeros : Uncertain::ignore;
}

}  // namespace

Chexpert::Chexpert(const Options& options)
    : label_set_(options.text("labels")), uncertain_(uncertain_from(options.text("uncertain"))),
      folder_(find_folder(options.path("root"))) {
  info_.name = "CheXpert";
  info_.labels = label_set_ == "no_finding" ? LabelKind::binary : LabelKind::multilabel;
  info_.classes = make_classes(label_set_);
  info_.modality = "chest radiograph";
  info_.cluster_group = "patient";
}

std::vector<Split> Chexpert::splits() const {
  std::vector<Split> splits;
  for (const Split split : {Split::train, Split::test}) {
    if (is_file(split_file(folder_, split))) splits.push_back(split);
  }
  return splits;
}

std::vector<Sample> Chexpert::samples(Split split) {
  if (split == Split::validation) {
    throw Error(ErrorCode::data, "CheXpert has no validation split here: valid.csv is its test split");
  }
  const sdk::Table table = sdk::read_csv(split_file(folder_, split));
  const std::size_t path = table.column("Path");
  std::vector<std::size_t> columns;
  for (const std::string& name : label_columns(label_set_)) columns.push_back(table.column(name));
  const Groups groups(table);
  sdk::UniqueIds unique;
  std::vector<Sample> samples(table.size());
  for (std::size_t row = 0; row < table.size(); ++row) {
    Sample& sample = samples[row];
    sample.id = below_folder(sdk::trimmed(table.cell(row, path)));
    unique.add(table, row, sample.id, "Path");
    sample.image = sample.id;
    sample.row = static_cast<std::int64_t>(row);
    sample.groups = groups.of(row, sample.id);
    if (info_.labels == LabelKind::binary) {
      sample.label = read_finding(table, row, columns[0], Uncertain::zeros);
    } else {
      for (const std::size_t column : columns) {
        sample.labels.push_back(read_finding(table, row, column, uncertain_));
      }
    }
  }
  if (samples.empty()) throw Error(ErrorCode::data, table.file() + ": the file has a header but no images");
  return samples;
}

EncodedImage Chexpert::read_image(const Sample& sample) const { return sdk::read_image_file(folder_ / sample.image); }

Image Chexpert::decode_image(const EncodedImage& encoded) const { return sdk::decode_stored_image(encoded); }

}  // namespace medvlm::chexpert
