#include "harvard_gf.hpp"

#include <span>

#include "medvlm/sdk/table/npz.hpp"
#include "thickness.hpp"

namespace medvlm::harvard_gf {

HarvardGf::HarvardGf(const Options& options)
    : tables_({"Harvard-GF", options.path("root"), {"GF3300", "Harvard-GF3300", "Harvard-GF"},
               options.text("split") == "official"}) {
  info_.name = "Harvard-GF";
  info_.labels = LabelKind::binary;
  info_.classes = {{"no glaucoma", "benign retina", ""}, {"glaucoma", "glaucomatous retina", ""}};
  info_.modality = "retinal nerve fibre layer thickness map";
  info_.cluster_group = "patient";
}

EncodedImage HarvardGf::read_image(const Sample& sample) const {
  const auto file = tables_.find_file(std::span(&sample.image, 1));
  return {kThicknessDecoder, sdk::NpzFile(file).bytes("rnflt"), file.string()};
}

Image HarvardGf::decode_image(const EncodedImage& encoded) const { return decode_thickness(encoded); }

}  // namespace medvlm::harvard_gf
