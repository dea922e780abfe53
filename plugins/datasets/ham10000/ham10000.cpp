#include "ham10000.hpp"

#include <algorithm>

#include "labels.hpp"
#include "medvlm/sdk/table/csv.hpp"
#include "medvlm/sdk/table/fields.hpp"
#include "medvlm/sdk/table/image_file.hpp"

namespace medvlm::ham10000 {
namespace {

/// The columns of one table; the demographic ones may be absent in the benchmark's split files.
struct Columns {
  explicit Columns(const sdk::Table& table)
      : image(table.column("image_id")), dx(table.column("dx")), lesion(table.find_column("lesion_id")),
        sex(table.find_column("sex")), age(table.find_column("age")),
        localization(table.find_column("localization")) {}

  std::size_t image, dx;
  std::optional<std::size_t> lesion, sex, age, localization;
};

std::string known_or_unknown(std::string_view cell) {
  return sdk::is_missing(cell) ? "unknown" : std::string(sdk::trimmed(cell));
}

std::vector<std::pair<std::string, std::string>> groups_of(const sdk::Table& table, std::size_t row,
                                                           const Columns& columns) {
  std::vector<std::pair<std::string, std::string>> groups;
  if (columns.lesion) {
    const std::string_view lesion = sdk::trimmed(table.cell(row, *columns.lesion));
    if (lesion.empty()) throw table.error(row, "lesion_id is empty; every image belongs to a lesion");
    groups.emplace_back("lesion", lesion);
  }
  if (columns.sex) groups.emplace_back("sex", known_or_unknown(table.cell(row, *columns.sex)));
  if (columns.age) groups.emplace_back("age", sdk::age_band(table.cell(row, *columns.age)));
  if (columns.localization) {
    groups.emplace_back("localization", known_or_unknown(table.cell(row, *columns.localization)));
  }
  return groups;
}

}  // namespace

Ham10000::Ham10000(const Options& options)
    : binary_(options.text("task") == "binary"),
      drop_incomplete_(options.flag("drop_missing_demographics")),
      layout_(find_layout(options.path("root"), options.text("layout"))),
      plan_{static_cast<std::uint64_t>(options.integer("split_seed")), options.number("test_fraction")} {
  split_file_ = options.has("split_file")
                    ? options.path("split_file")
                    : options.path("root") / ("medvlm_split_" + std::to_string(plan_.seed) + ".csv");
  info_.name = "HAM10000";
  info_.labels = binary_ ? LabelKind::binary : LabelKind::multiclass;
  info_.classes = make_classes(binary_);
  info_.modality = "dermatoscopy";
  // The test file stays closed here: what the first file has, the second is expected to have.
  const auto& first = !layout_.benchmark ? layout_.metadata : layout_.train.empty() ? layout_.test : layout_.train;
  const sdk::Table table = sdk::read_csv(first);
  const Columns columns(table);
  if (columns.lesion) info_.cluster_group = "lesion";
  if (!layout_.benchmark) {
    for (const char* name : {"lesion_id", "age", "sex", "localization"}) table.column(name);
  }
}

std::vector<Split> Ham10000::splits() const {
  std::vector<Split> splits;
  if (!layout_.benchmark || !layout_.train.empty()) splits.push_back(Split::train);
  if (!layout_.benchmark || !layout_.test.empty()) splits.push_back(Split::test);
  return splits;
}

std::vector<Sample> Ham10000::samples(Split split) {
  const auto known = splits();
  if (std::find(known.begin(), known.end(), split) == known.end()) {
    throw Error(ErrorCode::data, "HAM10000 has no " + std::string(to_string(split)) + " split in " +
                                     layout_.image_folders.front().parent_path().string());
  }
  if (!layout_.benchmark) return public_samples(split);
  const sdk::Table table = sdk::read_csv(split == Split::train ? layout_.train : layout_.test);
  if (!info_.cluster_group.empty()) table.column("lesion_id");
  std::vector<Sample> samples = list(table, false);
  if (samples.empty()) throw Error(ErrorCode::data, table.file() + ": the file has a header but no images");
  return samples;
}

std::vector<Sample> Ham10000::list(const sdk::Table& table, bool drop_incomplete) const {
  const Columns columns(table);
  sdk::UniqueIds unique;
  std::vector<Sample> samples;
  for (std::size_t row = 0; row < table.size(); ++row) {
    Sample sample;
    sample.id = sdk::trimmed(table.cell(row, columns.image));
    if (sample.id.empty()) throw table.error(row, "image_id is empty");
    unique.add(table, row, sample.id, "image_id");
    sample.image = sample.id + ".jpg";
    sample.row = static_cast<std::int64_t>(row);
    sample.label = read_label(table, row, columns.dx, binary_);
    sample.groups = groups_of(table, row, columns);
    if (drop_incomplete &&
        (sdk::is_missing(table.cell(row, *columns.age)) || sdk::is_missing(table.cell(row, *columns.sex)))) {
      continue;
    }
    samples.push_back(std::move(sample));
  }
  return samples;
}

std::vector<Sample> Ham10000::public_samples(Split split) const {
  const sdk::Table table = sdk::read_csv(layout_.metadata);
  std::vector<Sample> all = list(table, drop_incomplete_);
  // Strata are the seven diagnoses whatever the task, so that both tasks share one split.
  const std::size_t dx = table.column("dx");
  std::vector<sdk::SplitItem> items;
  for (const Sample& sample : all) {
    items.push_back({sample.id, *find_group(sample, "lesion"),
                     std::string(table.cell(static_cast<std::size_t>(sample.row), dx))});
  }
  const std::vector<Split> sides = sdk::keep_split(split_file_, items, plan_);
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (sides[i] == split) samples.push_back(std::move(all[i]));
  }
  if (samples.empty()) {
    throw Error(ErrorCode::data, layout_.metadata.string() + ": the " + std::string(to_string(split)) +
                                     " split is empty; change option 'test_fraction' or see " + split_file_.string());
  }
  return samples;
}

EncodedImage Ham10000::read_image(const Sample& sample) const {
  std::vector<std::filesystem::path> candidates;
  for (const auto& folder : layout_.image_folders) candidates.push_back(folder / sample.image);
  return sdk::read_image_file(candidates);
}

Image Ham10000::decode_image(const EncodedImage& encoded) const { return sdk::decode_stored_image(encoded); }

}  // namespace medvlm::ham10000
