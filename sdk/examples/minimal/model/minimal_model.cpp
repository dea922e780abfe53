// The smallest complete model: an image is its mean colour, a text the colour that its bytes hash to.
#include <ATen/ATen.h>

#include "medvlm/base/random.hpp"
#include "medvlm/core/model.hpp"
#include "medvlm/sdk/plugin.hpp"

namespace {

class MinimalModel : public medvlm::Model, public medvlm::ImageTextEncoder {
 public:
  explicit MinimalModel(const medvlm::Options& options) : scale_(options.number("scale")) {
    info_.family = "Mean colour";
    info_.parameters = 1;
    info_.dtypes = {at::kFloat};
  }

  const medvlm::ModelInfo& info() const override { return info_; }
  void load(c10::Device device, c10::ScalarType) override { device_ = device; }
  medvlm::ImageTextEncoder* encoder() override { return this; }

  medvlm::ProcessedImage preprocess(const medvlm::Image& image) const override {
    const auto bytes = at::tensor(image.pixels, at::kByte);
    return {bytes.view({image.height, image.width, 3}).to(at::kFloat).mean(at::IntArrayRef{0, 1}) / 255.0, {}};
  }

  std::string preprocessing_identity() const override { return "mean colour 1"; }

  medvlm::ImageEmbeddings encode_images(std::span<const medvlm::ProcessedImage> images) override {
    std::vector<at::Tensor> rows;
    for (const medvlm::ProcessedImage& image : images) rows.push_back(image.pixels);
    return {at::stack(rows).to(device_), {}};
  }

  at::Tensor encode_texts(std::span<const std::string> texts) override {
    std::vector<at::Tensor> rows;
    for (const std::string& text : texts) {
      medvlm::Splitmix64 random(medvlm::derive_seed(0, text));
      rows.push_back(at::tensor({random.uniform(), random.uniform(), random.uniform()}, at::kFloat));
    }
    return at::stack(rows).to(device_);
  }

  at::Tensor similarity(const at::Tensor& images, const at::Tensor& texts) override {
    const auto unit = [](const at::Tensor& rows) { return rows / rows.norm(2, -1, true).clamp_min(1e-6); };
    return scale_ * at::matmul(unit(images), unit(texts).t());
  }

  medvlm::LogitRule logit_rule() const override { return medvlm::LogitRule::softmax; }

 private:
  medvlm::ModelInfo info_;
  c10::Device device_{c10::kCPU};
  double scale_;
};

}  // namespace

MEDVLM_PLUGIN(medvlm::Model, MinimalModel)
