#include "image_folder.hpp"

#include <algorithm>

#include "classes.hpp"
#include "medvlm/sdk/table/image_file.hpp"
#include "medvlm/sdk/table/option_error.hpp"

namespace medvlm::image_folder {
namespace {

namespace fs = std::filesystem;

/// The folder of a file below its class folder: "p1/scan" of "train/ill/p1/scan/1.png" if "train/ill" is the class folder.
std::string folder_below(const std::string& file, const std::string& class_folder) {
  const std::string parent = fs::path(file).parent_path().generic_string();
  return parent.size() > class_folder.size() ? parent.substr(class_folder.size() + 1) : "";
}

}  // namespace

ImageFolder::ImageFolder(const Options& options)
    : tree_(find_tree(options.path("root"), options.text("layout"))),
      draws_(tree_.splits.empty() && options.text("unsplit") == "draw"),
      clustered_(options.text("cluster") == "folder"),
      plan_{static_cast<std::uint64_t>(options.integer("split_seed")), options.number("test_fraction")} {
  if (options.text("prompt_template").find("{}") == std::string::npos) {
    throw sdk::option_error(options, "prompt_template", "it must contain {}, which is replaced by the class text");
  }
  split_file_ = options.has("split_file") ? options.path("split_file")
                                          : tree_.root / ("medvlm_split_" + std::to_string(plan_.seed) + ".csv");
  info_.name = options.text("title");
  info_.classes = make_classes(options, tree_.classes);
  info_.labels = info_.classes.size() == 2 ? LabelKind::binary : LabelKind::multiclass;
  info_.modality = options.text("modality");
  info_.prompt_template = options.text("prompt_template");
  if (clustered_) info_.cluster_group = "folder";
}

std::vector<Split> ImageFolder::splits() const {
  if (draws_) return {Split::train, Split::test};
  if (tree_.splits.empty()) return {Split::test};
  std::vector<Split> splits;
  for (const SplitFolder& each : tree_.splits) splits.push_back(each.split);
  std::sort(splits.begin(), splits.end());
  return splits;
}

std::vector<Sample> ImageFolder::samples(Split split) {
  const auto known = splits();
  if (std::find(known.begin(), known.end(), split) == known.end()) {
    throw Error(ErrorCode::data, tree_.root.string() + ": there is no " + std::string(to_string(split)) + " split");
  }
  fs::path folder = tree_.root;
  for (const SplitFolder& each : tree_.splits) {
    if (each.split == split) folder = each.folder;
  }
  std::vector<Sample> samples = list(folder);
  if (samples.empty()) {
    throw Error(ErrorCode::data, folder.string() + ": there are no images in the class folders; images are known by " +
                                     "their extensions (.jpg, .png, .tiff, .bmp, .webp, .dcm)");
  }
  return draws_ ? drawn(std::move(samples), split) : samples;
}

std::vector<Sample> ImageFolder::list(const fs::path& folder) const {
  std::vector<Sample> samples;
  for (std::size_t label = 0; label < info_.classes.size(); ++label) {
    const fs::path class_folder = folder / info_.classes[label].name;
    const std::string below = class_folder.lexically_relative(tree_.root).generic_string();
    for (const std::string& file : image_files(class_folder, tree_.root)) {
      Sample sample;
      sample.id = sample.image = file;
      sample.row = static_cast<std::int64_t>(samples.size());
      sample.label = static_cast<std::int64_t>(label);
      const std::string group = folder_below(file, below);
      // Without a folder of its own an image belongs to no other.
      if (clustered_) sample.groups = {{"folder", group.empty() ? file : group}};
      samples.push_back(std::move(sample));
    }
  }
  return samples;
}

std::vector<Sample> ImageFolder::drawn(std::vector<Sample> all, Split split) const {
  std::vector<sdk::SplitItem> items;
  for (const Sample& sample : all) {
    const std::string* group = find_group(sample, "folder");
    items.push_back({sample.id, group ? *group : sample.id, info_.classes[static_cast<std::size_t>(sample.label)].name});
  }
  const std::vector<Split> sides = sdk::keep_split(split_file_, items, plan_);
  std::vector<Sample> chosen;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (sides[i] == split) chosen.push_back(std::move(all[i]));
  }
  if (chosen.empty()) {
    throw Error(ErrorCode::data, tree_.root.string() + ": the " + std::string(to_string(split)) +
                                     " split is empty; change option 'test_fraction' or see " + split_file_.string());
  }
  return chosen;
}

EncodedImage ImageFolder::read_image(const Sample& sample) const {
  return sdk::read_image_file(tree_.root / sample.image);
}

Image ImageFolder::decode_image(const EncodedImage& encoded) const { return sdk::decode_stored_image(encoded); }

}  // namespace medvlm::image_folder
