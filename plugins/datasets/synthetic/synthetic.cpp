#include "synthetic.hpp"

#include "scenes.hpp"

namespace medvlm::synthetic {
namespace {

/// Name, class texts and modality of each kind.
struct KindTexts {
  const char *negative, *positive, *negative_text, *positive_text, *modality;
};

KindTexts texts_of(Kind kind) {
  switch (kind) {
    case Kind::radiograph:
      return {"clear", "opacity", "a chest radiograph with clear lungs", "a chest radiograph with an opacity",
              "chest radiograph"};
    case Kind::histology:
      return {"normal", "tumour", "a histology image of normal tissue",
              "a histology image of a tumour with crowded, large, dark nuclei", "histopathology"};
    case Kind::fundus:
      return {"healthy", "large cup", "a fundus photograph of a healthy eye",
              "a fundus photograph of an eye with glaucoma, with a large optic cup", "fundus photography"};
    case Kind::shapes: break;
  }
  return {"circle", "square", "a picture of a circle", "a picture of a square", "everyday picture"};
}

std::string padded(std::int64_t number) {
  const std::string digits = std::to_string(number);
  return digits.size() < 6 ? std::string(6 - digits.size(), '0') + digits : digits;
}

}  // namespace

Synthetic::Synthetic(const Options& options) {
  base_.kind = kind_from_string(options.text("kind"));
  base_.seed = static_cast<std::uint64_t>(options.integer("seed"));
  base_.size = static_cast<int>(options.integer("image_size"));
  base_.difficulty = options.number("difficulty");
  for (const Split split : {Split::train, Split::validation, Split::test}) {
    const std::int64_t count = options.integer(medvlm::to_string(split));
    if (count > 0) counts_[split] = count;
  }
  const KindTexts texts = texts_of(base_.kind);
  info_.name = "synthetic " + std::string(to_string(base_.kind));
  info_.classes = {{texts.negative, texts.negative_text, ""}, {texts.positive, texts.positive_text, ""}};
  info_.modality = texts.modality;
  info_.prompt_template = "{}";
  info_.cluster_group = "patient";
}

std::vector<Split> Synthetic::splits() const {
  std::vector<Split> splits;
  for (const auto& [split, count] : counts_) splits.push_back(split);
  return splits;
}

std::vector<Sample> Synthetic::samples(Split split) {
  const auto found = counts_.find(split);
  if (found == counts_.end()) {
    const std::string name(medvlm::to_string(split));
    throw Error(ErrorCode::data, info_.name + " has no " + name + " split; set option '" + name + "' above 0");
  }
  const std::string name(medvlm::to_string(split));
  std::vector<Sample> samples(static_cast<std::size_t>(found->second));
  Recipe recipe = base_;
  recipe.split = split;
  for (Sample& sample : samples) {
    sample.id = name + "-" + padded(recipe.index);
    sample.image = to_text(recipe);
    sample.row = recipe.index;
    sample.label = label_of(recipe);
    sample.groups = {{"patient", name + "-" + padded(patient_of(recipe))},
                     {"difficulty", std::string(to_string(grade_of(recipe)))}};
    ++recipe.index;
  }
  return samples;
}

EncodedImage Synthetic::read_image(const Sample& sample) const { return {kDecoder, sample.image, sample.image}; }

Image Synthetic::decode_image(const EncodedImage& encoded) const {
  if (encoded.decoder != kDecoder) {
    throw Error(ErrorCode::data, encoded.origin + ": made for decoder '" + encoded.decoder + "', not for " + kDecoder);
  }
  const Recipe recipe = recipe_from_text(encoded.bytes);
  Canvas canvas(recipe.size);
  const Scene scene{label_of(recipe) == 1, static_cast<float>(strength_of(recipe)), patient_seed(recipe),
                    image_seed(recipe)};
  switch (recipe.kind) {
    case Kind::radiograph: paint_radiograph(canvas, scene); break;
    case Kind::histology: paint_histology(canvas, scene); break;
    case Kind::fundus: paint_fundus(canvas, scene); break;
    case Kind::shapes: paint_shapes(canvas, scene); break;
  }
  return canvas.to_image();
}

}  // namespace medvlm::synthetic
