#include "synthetic.hpp"

#include <array>

#include "medvlm/base/random.hpp"

namespace medvlm::conformance {
namespace {

constexpr std::array<const char*, 6> kAnswers = {"yes", "no", "left lung", "a small nodule in the right upper lobe",
                                                 "2", "ct"};

DatasetInfo diagnosis(LabelKind kind, std::vector<std::string> names) {
  DatasetInfo info;
  info.name = "synthetic " + std::string(to_string(kind));
  info.labels = kind;
  info.modality = "synthetic";
  for (std::string& name : names) info.classes.push_back({name, name, "no " + name});
  return info;
}

void fill_diagnosis(const DatasetInfo& info, Splitmix64& random, Sample& sample, Prediction& prediction) {
  const auto classes = std::uint32_t(info.classes.size());
  sample.label = random.below(classes);
  double sum = 0;
  for (std::uint32_t c = 0; c < classes; ++c) {
    // Rounded, so that ties occur as they do with real scores.
    const double score = double(1 + random.below(20)) / 20 + (c == sample.label ? 0.3 : 0.0);
    prediction.scores.push_back(score);
    sum += score;
  }
  if (info.labels == LabelKind::multilabel) {
    sample.label = -1;
    for (std::uint32_t c = 0; c < classes; ++c) sample.labels.push_back(std::int8_t(int(random.below(10)) / 4 - 1));
    for (double& score : prediction.scores) score /= 1.3;
  } else {
    for (double& score : prediction.scores) score /= sum;
  }
}

}  // namespace

std::vector<Scored> SyntheticSet::scored(const std::vector<std::size_t>& order) const {
  std::vector<Scored> scored;
  for (const std::size_t index : order) scored.push_back({&samples[index], &predictions[index]});
  return scored;
}

std::string describe(const DatasetInfo& info) {
  if (info.task == Task::vqa) return "vqa";
  return std::string(to_string(info.labels)) + " diagnosis";
}

std::vector<DatasetInfo> synthetic_infos() {
  DatasetInfo vqa;
  vqa.name = "synthetic vqa";
  vqa.task = Task::vqa;
  vqa.modality = "synthetic";
  return {diagnosis(LabelKind::binary, {"benign", "malignant"}),
          diagnosis(LabelKind::multiclass, {"nevus", "melanoma", "keratosis", "vascular lesion"}),
          diagnosis(LabelKind::multilabel, {"edema", "effusion", "fracture"}), vqa};
}

SyntheticSet synthetic_set(const DatasetInfo& info, std::size_t count) {
  SyntheticSet set{info, {}, {}};
  Splitmix64 random(derive_seed(17, info.name));
  for (std::size_t i = 0; i < count; ++i) {
    Sample sample;
    Prediction prediction;
    sample.id = "sample-" + std::to_string(i);
    sample.row = std::int64_t(i);
    sample.groups = {{"patient", std::to_string(i / 2)}};
    if (info.task == Task::vqa) {
      sample.question = "What is seen in image " + std::to_string(i) + "?";
      const std::uint32_t truth = random.below(kAnswers.size());
      sample.answer = kAnswers[truth];
      sample.open = truth >= 2;
      prediction.text = random.below(2) ? kAnswers[truth] : kAnswers[random.below(kAnswers.size())];
      prediction.new_tokens = 3;
    } else {
      fill_diagnosis(info, random, sample, prediction);
    }
    set.samples.push_back(std::move(sample));
    set.predictions.push_back(std::move(prediction));
  }
  return set;
}

Image synthetic_image(int width, int height, std::uint64_t seed) {
  Image image{width, height, {}};
  Splitmix64 random(seed);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.pixels.push_back(std::uint8_t(255 * x / width));
      image.pixels.push_back(std::uint8_t(255 * y / height));
      image.pixels.push_back(std::uint8_t(random.below(256)));
    }
  }
  return image;
}

}  // namespace medvlm::conformance
