// The smallest complete dataset: red squares (class 0) and blue squares (class 1).
#include "medvlm/core/dataset.hpp"
#include "medvlm/sdk/plugin.hpp"

namespace {

constexpr int kSide = 32;

class MinimalDataset : public medvlm::Dataset {
 public:
  explicit MinimalDataset(const medvlm::Options& options) : size_(options.integer("size")) {
    info_.name = "Squares";
    info_.labels = medvlm::LabelKind::binary;
    info_.classes = {{"red", "red square", ""}, {"blue", "blue square", ""}};
    info_.modality = "drawing";
  }

  const medvlm::DatasetInfo& info() const override { return info_; }

  std::vector<medvlm::Split> splits() const override { return {medvlm::Split::train, medvlm::Split::test}; }

  std::vector<medvlm::Sample> samples(medvlm::Split split) override {
    std::vector<medvlm::Sample> samples(static_cast<std::size_t>(size_));
    for (std::int64_t row = 0; row < size_; ++row) {
      medvlm::Sample& sample = samples[static_cast<std::size_t>(row)];
      sample.id = std::string(medvlm::to_string(split)) + "-" + std::to_string(row);
      sample.image = sample.id;
      sample.row = row;
      sample.label = row % 2;
    }
    return samples;
  }

  medvlm::EncodedImage read_image(const medvlm::Sample& sample) const override {
    const char shade = static_cast<char>(128 + sample.row % 128);
    return {"square", {sample.label == 0 ? 'r' : 'b', shade}, sample.image};
  }

  medvlm::Image decode_image(const medvlm::EncodedImage& encoded) const override {
    if (encoded.bytes.size() != 2) {
      throw medvlm::Error(medvlm::ErrorCode::data, encoded.origin + ": expected 2 bytes, colour and shade");
    }
    medvlm::Image image{kSide, kSide, std::vector<std::uint8_t>(kSide * kSide * 3)};
    for (std::size_t at = encoded.bytes[0] == 'r' ? 0 : 2; at < image.pixels.size(); at += 3) {
      image.pixels[at] = static_cast<std::uint8_t>(encoded.bytes[1]);
    }
    return image;
  }

 private:
  medvlm::DatasetInfo info_;
  std::int64_t size_;
};

}  // namespace

MEDVLM_PLUGIN(medvlm::Dataset, MinimalDataset)
