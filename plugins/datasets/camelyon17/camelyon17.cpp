#include "camelyon17.hpp"

#include <algorithm>
#include <numeric>

#include "medvlm/sdk/table/csv.hpp"
#include "medvlm/sdk/table/image_file.hpp"

namespace medvlm::camelyon17 {
namespace {

Draw read_draw(const Options& options, const std::string& size) {
  return {static_cast<std::size_t>(options.integer(size)), static_cast<std::uint32_t>(options.integer("sample_seed"))};
}

}  // namespace

Camelyon17::Camelyon17(const Options& options)
    : sampled_(options.text("subset") == "sampled"),
      parents_(options.text("parents") == "wilds" ? Parents::wilds : Parents::split_column),
      layout_(find_layout(options.path("root"), options.text("layout"), sampled_)),
      train_draw_(read_draw(options, "train_samples")), test_draw_(read_draw(options, "test_samples")) {
  if (options.has("patches")) layout_.patches = options.path("patches");
  info_.name = "Camelyon17";
  info_.labels = LabelKind::binary;
  info_.classes = {{"no tumor", "negative tumor", ""}, {"tumor", "positive tumor", ""}};
  info_.modality = "histopathology";
  info_.cluster_group = "patient";
}

std::vector<Split> Camelyon17::splits() const {
  std::vector<Split> splits;
  if (!layout_.benchmark || !layout_.train.empty()) splits.push_back(Split::train);
  if (!layout_.benchmark || !layout_.test.empty()) splits.push_back(Split::test);
  return splits;
}

std::vector<Sample> Camelyon17::samples(Split split) {
  const auto known = splits();
  if (std::find(known.begin(), known.end(), split) == known.end()) {
    throw Error(ErrorCode::data, "Camelyon17 has no " + std::string(to_string(split)) + " split in " +
                                     layout_.patches.parent_path().string());
  }
  const sdk::Table table = sdk::read_csv(!layout_.benchmark      ? layout_.metadata
                                         : split == Split::train ? layout_.train
                                                                 : layout_.test);
  std::vector<std::size_t> rows(table.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  if (!layout_.benchmark) rows = public_rows(table, split);
  const PatchReader reader(table);
  sdk::UniqueIds unique;
  std::vector<Sample> samples;
  for (const std::size_t row : rows) {
    samples.push_back(reader.read(row));
    unique.add(table, row, samples.back().id, "the patch");
  }
  if (samples.empty()) {
    throw Error(ErrorCode::data, table.file() + ": no patch belongs to the " + std::string(to_string(split)) +
                                     " split; see option 'parents'");
  }
  return samples;
}

std::vector<std::size_t> Camelyon17::public_rows(const sdk::Table& metadata, Split split) const {
  std::vector<std::size_t> rows = parent_rows(metadata, parents_, split);
  if (!sampled_ || rows.empty()) return rows;
  const bool train = split == Split::train;
  return sample_rows(metadata, rows, train ? train_draw_ : test_draw_, train ? "train_samples" : "test_samples");
}

EncodedImage Camelyon17::read_image(const Sample& sample) const {
  return sdk::read_image_file(layout_.patches / sample.image);
}

Image Camelyon17::decode_image(const EncodedImage& encoded) const { return sdk::decode_stored_image(encoded); }

}  // namespace medvlm::camelyon17
