#include "papila.hpp"

#include <algorithm>

#include "medvlm/sdk/table/image_file.hpp"

namespace medvlm::papila {
namespace {

std::filesystem::path default_split_file(const Layout& layout, std::uint64_t seed, Suspects suspects) {
  const std::string tail = suspects == Suspects::drop ? ".csv" : "_suspects.csv";
  return layout.folder / ("medvlm_split_" + std::to_string(seed) + tail);
}

}  // namespace

Papila::Papila(const Options& options)
    : layout_(find_layout(options.path("root"), options.text("layout"))),
      suspects_(options.text("suspects") == "drop" ? Suspects::drop : Suspects::positive),
      plan_{static_cast<std::uint64_t>(options.integer("split_seed")), options.number("test_fraction")} {
  split_file_ = options.has("split_file") ? options.path("split_file")
                                          : default_split_file(layout_, plan_.seed, suspects_);
  info_.name = "PAPILA";
  info_.labels = LabelKind::binary;
  info_.classes = {{"healthy", "benign fundus", ""}, {"glaucoma", "glaucoma fundus", ""}};
  info_.modality = "fundus photography";
  info_.cluster_group = "patient";
  if (!layout_.benchmark) read_clinical_tables(layout_, suspects_);  // complains now, not in the middle of a run
}

std::vector<Split> Papila::splits() const {
  std::vector<Split> splits;
  if (!layout_.benchmark || !layout_.train.empty()) splits.push_back(Split::train);
  if (!layout_.benchmark || !layout_.test.empty()) splits.push_back(Split::test);
  return splits;
}

std::vector<Sample> Papila::samples(Split split) {
  const auto known = splits();
  if (std::find(known.begin(), known.end(), split) == known.end()) {
    throw Error(ErrorCode::data, "PAPILA has no " + std::string(to_string(split)) + " split in " +
                                     layout_.folder.string());
  }
  const std::filesystem::path& file = split == Split::train ? layout_.train : layout_.test;
  std::vector<Sample> samples;
  for (Eye& eye : layout_.benchmark ? read_split_table(file, suspects_) : public_eyes(split)) {
    samples.push_back(std::move(eye.sample));
  }
  if (samples.empty()) {
    throw Error(ErrorCode::data, (layout_.benchmark ? file : split_file_).string() + ": no image belongs to the " +
                                     std::string(to_string(split)) + " split");
  }
  return samples;
}

std::vector<Eye> Papila::public_eyes(Split split) const {
  std::vector<Eye> eyes = read_clinical_tables(layout_, suspects_);
  std::vector<sdk::SplitItem> items;
  for (const Eye& eye : eyes) {
    items.push_back({eye.sample.id, *find_group(eye.sample, "patient"), std::to_string(eye.diagnosis)});
  }
  const std::vector<Split> sides = sdk::keep_split(split_file_, items, plan_);
  std::vector<Eye> chosen;
  for (std::size_t i = 0; i < eyes.size(); ++i) {
    if (sides[i] == split) chosen.push_back(std::move(eyes[i]));
  }
  return chosen;
}

EncodedImage Papila::read_image(const Sample& sample) const {
  return sdk::read_image_file(layout_.images / sample.image);
}

Image Papila::decode_image(const EncodedImage& encoded) const { return sdk::decode_stored_image(encoded); }

}  // namespace medvlm::papila
