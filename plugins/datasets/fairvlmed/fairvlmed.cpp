#include "fairvlmed.hpp"

#include <array>

#include "medvlm/sdk/table/image_file.hpp"
#include "medvlm/sdk/table/npy_image.hpp"
#include "medvlm/sdk/table/npz.hpp"

namespace medvlm::fairvlmed {
namespace {

constexpr std::string_view kPicture = "slo_fundus_", kArray = "data_";

/// "Training/slo_fundus_00001.jpg" and "Training/data_00001.npz": the two files of one image.
struct Files {
  std::string picture, array;
};

/// Both names from either: the release's table names the array, the benchmark's the picture. Another name stands for itself.
Files files_of(const std::string& path) {
  const std::size_t slash = path.rfind('/') + 1;  // 0 without one
  const std::string folder = path.substr(0, slash), name = path.substr(slash);
  for (const std::string_view prefix : {kPicture, kArray}) {
    if (!name.starts_with(prefix)) continue;
    const std::string number = name.substr(prefix.size(), name.rfind('.') - prefix.size());
    return {folder + std::string(kPicture) + number + ".jpg", folder + std::string(kArray) + number + ".npz"};
  }
  return {path, path};
}

}  // namespace

FairVlMed::FairVlMed(const Options& options)
    : tables_({"FairVLMed", options.path("root"), {"FairVLMed10k", "Harvard-FairVLMed10k", "Harvard-FairVLMed"},
               options.text("split") == "official"}) {
  info_.name = "FairVLMed";
  info_.labels = LabelKind::binary;
  // The space before the second text is the original benchmark's.
  info_.classes = {{"no glaucoma", "a benign scanning laser ophthalmoscope fundus image", ""},
                   {"glaucoma", " a glaucoma scanning laser ophthalmoscope fundus image", ""}};
  info_.modality = "scanning laser ophthalmoscope fundus image";
  info_.cluster_group = "patient";
}

std::vector<Sample> FairVlMed::samples(Split split) {
  std::vector<Sample> samples = tables_.samples(split);
  // The same ids whichever table and files there are.
  for (Sample& sample : samples) sample.id = sample.image = files_of(sample.image).picture;
  return samples;
}

EncodedImage FairVlMed::read_image(const Sample& sample) const {
  const Files files = files_of(sample.image);
  const auto file = tables_.find_file(std::array{files.picture, files.array});
  if (file.extension() != ".npz") return sdk::read_image_file(file);
  return {sdk::kNpyDecoder, sdk::NpzFile(file).bytes("slo_fundus"), file.string()};
}

Image FairVlMed::decode_image(const EncodedImage& encoded) const {
  return encoded.decoder == sdk::kNpyDecoder ? sdk::decode_npy_image(encoded) : sdk::decode_stored_image(encoded);
}

}  // namespace medvlm::fairvlmed
