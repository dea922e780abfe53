#include "medmnist.hpp"

#include <algorithm>

#include "medvlm/sdk/table/npy_image.hpp"
#include "settings.hpp"

namespace medvlm::medmnist {
namespace {

/// The beginning of the names of a split's arrays.
std::string prefix_of(Split split) { return split == Split::validation ? "val" : std::string(to_string(split)); }

std::string shape_text(const sdk::NpyHeader& header) {
  std::string text;
  for (const std::int64_t size : header.shape) text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text.empty() ? "one element" : text;
}

}  // namespace

MedMnist::MedMnist(const Options& options) : file_(options.path("file")) {
  if (splits().empty()) {
    throw Error(ErrorCode::data, file_.path().string() + ": this is no set of MedMNIST: it has no pair of arrays " +
                                     "train_images and train_labels, nor of val and test");
  }
  for (const Split split : splits()) check_split(split);
  info_ = describe(options, label_columns());
}

std::vector<Split> MedMnist::splits() const {
  std::vector<Split> splits;
  for (const Split split : {Split::train, Split::validation, Split::test}) {
    if (file_.has(prefix_of(split) + "_images") && file_.has(prefix_of(split) + "_labels")) splits.push_back(split);
  }
  return splits;
}

/// The number of samples, from the headers of both arrays; no labels are read.
std::int64_t MedMnist::check_split(Split split) const {
  const std::string prefix = prefix_of(split), place = file_.path().string() + ": array '" + prefix;
  const sdk::NpyHeader images = file_.header(prefix + "_images"), labels = file_.header(prefix + "_labels");
  const bool is_2d = images.shape.size() == 3 || (images.shape.size() == 4 && images.shape[3] == 3);
  if (!is_2d || images.kind != sdk::NpyKind::unsigned_integer || images.item_bytes != 1) {
    const bool volumes = images.shape.size() >= 4;
    throw Error(ErrorCode::data, place + "_images' has type " + images.type + " and shape " + shape_text(images) +
                                     (volumes ? "; the 3D sets of MedMNIST hold volumes, which are not read"
                                              : "; expected |u1 (uint8) and n x height x width, or n x height x width x 3"));
  }
  if (labels.shape.empty() || labels.shape.size() > 2 || labels.shape[0] != images.shape[0] || labels.count == 0) {
    throw Error(ErrorCode::data, place + "_labels' has shape " + shape_text(labels) + " for " +
                                     std::to_string(images.shape[0]) + " images; expected one row each");
  }
  return images.shape[0];
}

std::int64_t MedMnist::label_columns() const {
  std::optional<std::int64_t> columns;
  for (const Split split : splits()) {
    const sdk::NpyHeader labels = file_.header(prefix_of(split) + "_labels");
    const std::int64_t found = labels.shape.size() == 2 ? labels.shape[1] : 1;
    if (columns && *columns != found) {
      throw Error(ErrorCode::data, file_.path().string() + ": the labels of " + prefix_of(split) + " have " +
                                       std::to_string(found) + " columns, those of another split " +
                                       std::to_string(*columns));
    }
    columns = found;
  }
  return *columns;
}

void MedMnist::set_label(Sample& sample, std::span<const std::int64_t> row) const {
  const bool multilabel = info_.labels == LabelKind::multilabel;
  const auto end = multilabel ? 2 : static_cast<std::int64_t>(info_.classes.size());
  for (const std::int64_t label : row) {
    if (label >= 0 && label < end) continue;
    throw Error(ErrorCode::data, file_.path().string() + ": sample " + sample.id + " has the label " +
                                     std::to_string(label) + "; expected 0 to " + std::to_string(end - 1) +
                                     (multilabel ? "" : " (options 'classes' and 'set' say which classes there are)"));
  }
  if (multilabel) {
    for (const std::int64_t label : row) sample.labels.push_back(static_cast<std::int8_t>(label));
  } else {
    sample.label = row[0];
  }
}

std::vector<Sample> MedMnist::samples(Split split) {
  const auto known = splits();
  if (std::find(known.begin(), known.end(), split) == known.end()) {
    throw Error(ErrorCode::data, file_.path().string() + ": there is no " + std::string(to_string(split)) + " split");
  }
  const std::string prefix = prefix_of(split);
  const std::vector<std::int64_t> labels = file_.array(prefix + "_labels").integers();
  const auto count = static_cast<std::size_t>(check_split(split));
  const std::size_t columns = labels.size() / count;
  std::vector<Sample> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i].id = prefix + "/" + std::to_string(i);
    samples[i].image = prefix + "_images[" + std::to_string(i) + "]";
    samples[i].row = static_cast<std::int64_t>(i);
    set_label(samples[i], std::span(labels).subspan(i * columns, columns));
  }
  return samples;
}

const sdk::NpyArray& MedMnist::images(Split split) const {
  const std::lock_guard lock(mutex_);
  auto& images = images_[static_cast<std::size_t>(split)];
  if (!images) images = file_.array(prefix_of(split) + "_images");
  return *images;
}

EncodedImage MedMnist::read_image(const Sample& sample) const {
  for (const Split split : {Split::train, Split::validation, Split::test}) {
    if (!sample.image.starts_with(prefix_of(split) + "_images[")) continue;
    const sdk::NpyArray& all = images(split);
    if (sample.row < 0 || sample.row >= all.shape()[0]) break;
    return sdk::encode_npy_image(all.item(sample.row), file_.path().string() + ": " + sample.image);
  }
  throw Error(ErrorCode::data, file_.path().string() + ": there is no image " + sample.image);
}

Image MedMnist::decode_image(const EncodedImage& encoded) const { return sdk::decode_npy_image(encoded); }

}  // namespace medvlm::medmnist
