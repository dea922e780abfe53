#include "synthetic.hpp"

#include "questions.hpp"
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

/// One sample per question on an image.
void add_questions(const Recipe& recipe, Sample image, std::vector<Sample>& samples) {
  image.label = -1;
  int number = 0;
  for (AskedQuestion& asked : questions_on(recipe)) {
    Sample sample = image;
    sample.id += "-q" + std::to_string(++number);
    sample.question = std::move(asked.text);
    sample.answer = std::move(asked.answer);
    sample.open = asked.open;
    samples.push_back(std::move(sample));
  }
}

}  // namespace

Synthetic::Synthetic(const Options& options) : mixed_(options.text("kind") == "mixed") {
  if (!mixed_) base_.kind = kind_from_string(options.text("kind"));
  base_.seed = static_cast<std::uint64_t>(options.integer("seed"));
  base_.size = static_cast<int>(options.integer("image_size"));
  base_.difficulty = options.number("difficulty");
  for (const Split split : {Split::train, Split::validation, Split::test}) {
    const std::int64_t count = options.integer(medvlm::to_string(split));
    if (count > 0) counts_[split] = count;
  }
  info_.name = "synthetic " + (mixed_ ? "images" : std::string(to_string(base_.kind)));
  info_.cluster_group = "patient";
  if (options.text("task") == "vqa") {
    if (base_.kind == Kind::shapes) throw Error(ErrorCode::config, "there are no questions on shapes; choose another kind");
    info_.task = Task::vqa;
    info_.modality = mixed_ ? "medical images" : texts_of(base_.kind).modality;
    return;
  }
  if (mixed_) throw Error(ErrorCode::config, "kind 'mixed' has no common classes; it is for task = \"vqa\"");
  const KindTexts texts = texts_of(base_.kind);
  info_.classes = {{texts.negative, texts.negative_text, ""}, {texts.positive, texts.positive_text, ""}};
  info_.modality = texts.modality;
  info_.prompt_template = "{}";
}

std::vector<Split> Synthetic::splits() const {
  std::vector<Split> splits;
  for (const auto& [split, count] : counts_) splits.push_back(split);
  return splits;
}

Kind Synthetic::kind_of(std::int64_t index) const {
  if (!mixed_) return base_.kind;
  // Four images at a time, so that each kind has as many with the finding as without.
  constexpr Kind kMedical[] = {Kind::radiograph, Kind::histology, Kind::fundus};
  return kMedical[index / 4 % 3];
}

std::vector<Sample> Synthetic::samples(Split split) {
  const auto found = counts_.find(split);
  if (found == counts_.end()) {
    const std::string name(medvlm::to_string(split));
    throw Error(ErrorCode::data, info_.name + " has no " + name + " split; set option '" + name + "' above 0");
  }
  const std::string name(medvlm::to_string(split));
  std::vector<Sample> samples;
  Recipe recipe = base_;
  recipe.split = split;
  for (; recipe.index < found->second; ++recipe.index) {
    recipe.kind = kind_of(recipe.index);
    Sample sample;
    sample.id = name + "-" + padded(recipe.index);
    sample.image = to_text(recipe);
    sample.row = recipe.index;
    sample.label = label_of(recipe);
    sample.groups = {{"patient", name + "-" + padded(patient_of(recipe))},
                     {"difficulty", std::string(to_string(grade_of(recipe)))}};
    if (info_.task == Task::vqa) {
      add_questions(recipe, sample, samples);
    } else {
      samples.push_back(std::move(sample));
    }
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
